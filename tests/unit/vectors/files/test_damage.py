"""Files that are damaged, or were never what they are called: one error of ours, that names the file."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from dsgns.errors import VectorFileError
from dsgns.vectors.words import WordVectors

LINES = b"2 2\n" + b"the 1 2\nof 3 4\n"


def zipped(method: int, *changes: tuple[int, int]) -> bytes:
    """An archive of one file, some of whose bytes are others; counted from its data, or, below 0, from its entry."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("v.txt", LINES)
    data = bytearray(buffer.getvalue())
    entry = data.index(b"PK\x01\x02")
    for place, value in changes:
        data[entry - place if place < 0 else 30 + len("v.txt") + place] = value
    return bytes(data)


ARCHIVES = {
    "deflated": (zipped(zipfile.ZIP_DEFLATED, (0, 0xFF), (1, 0xFF)), "damaged.*fetch it again"),
    "of bzip2": (zipped(zipfile.ZIP_BZIP2, (2, 0)), "damaged.*fetch it again"),
    "of lzma": (zipped(zipfile.ZIP_LZMA, (4, 0xFF), (5, 0xFF)), "damaged.*fetch it again"),
    "stored": (zipped(zipfile.ZIP_STORED, (5, 0)), "damaged.*fetch it again"),
    "encrypted": (zipped(zipfile.ZIP_STORED, (-8, 1)), "encrypted.*another program"),
    "of no method": (zipped(zipfile.ZIP_STORED, (-10, 99)), "cannot be unpacked.*another program"),
}


@pytest.mark.parametrize("name", ARCHIVES)
@pytest.mark.parametrize("url", ["{}", "zip://v.txt::{}"])
def test_zip_archives(tmp_path, name, url):
    data, message = ARCHIVES[name]
    (tmp_path / "v.zip").write_bytes(data)
    with pytest.raises(VectorFileError, match=rf"v\.zip.*{message}"):
        WordVectors.load(url.format(tmp_path / "v.zip"))


def test_a_url_of_no_kind_that_is_known():
    with pytest.raises(VectorFileError, match=r"gopher://far/v\.txt cannot be opened.*a path on this machine"):
        WordVectors.load("gopher://far/v.txt")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data_offsets": None}, "data_offsets is None"),
        ({"data_offsets": [0, 8, 16]}, "data_offsets is"),
        ({"data_offsets": [-16, 0]}, "data_offsets is"),
        ({"data_offsets": [16, 0]}, "not all there"),
        ({"data_offsets": [8, 24]}, "not all there"),
        ({"data_offsets": [0, 0], "shape": [0, 2]}, "not all there"),
        ({"shape": [2.0, 2.0]}, "shape is"),
        ({"shape": [-2, -2]}, "shape is"),
        ({"shape": [True, 4]}, "shape is"),
    ],
)
def test_safetensors_that_describe_no_tensor(tmp_path, change, message):
    path = tmp_path / "v.safetensors"
    tensor = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]} | change
    header = json.dumps({"vectors": tensor}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16))
    (tmp_path / "v.safetensors.json").write_text('{"words": ["the", "of"]}')
    with pytest.raises(VectorFileError, match=rf"v\.safetensors.*{message}"):
        WordVectors.load(path)


@pytest.mark.parametrize(
    "counts", ['"many"', "5", "[1, null]", '["1", "2"]', "[1.5, 2]", "[1, 9223372036854775808]", "[3]"]
)
def test_counts_that_are_none(tmp_path, counts):
    np.save(tmp_path / "v.npy", np.ones((2, 2), np.float32))
    (tmp_path / "v.npy.json").write_text(f'{{"words": ["the", "of"], "counts": {counts}}}')
    with pytest.raises(VectorFileError, match=r"v\.npy\.json"):
        WordVectors.load(tmp_path / "v.npy")


@pytest.mark.parametrize("header", [b"{'descr': ('<f4'", b"{'descr': '''", b"{[]: 1}", b"{'a", b"(" * 60, b"1 +"])
def test_headers_of_npy_that_are_none(tmp_path, header):
    header = header.ljust(117) + b"\n"
    (tmp_path / "v.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(VectorFileError, match=r"v\.npy is no array"):
        WordVectors.load(tmp_path / "v.npy")


@pytest.mark.parametrize("form", ["word2vec", "word2vec-binary"])
@pytest.mark.parametrize("promise", ["5 9999999999999", "0 9999999999999", "5 " + "9" * 30, "9" * 5000 + " 2"])
def test_promises_take_no_memory(tmp_path, form, promise):
    (tmp_path / "v").write_text(f"{promise}\nthe 1 2\n")
    with pytest.raises(VectorFileError, match=r"/v[ ,]"):
        WordVectors.load(tmp_path / "v", form)
