"""Files that are damaged, or were never what they are called: one error of ours, that names the file."""

from __future__ import annotations

import io
import json
import zipfile

import h5py
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from dsgns.errors import ParameterError, VectorFileError
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


@pytest.mark.parametrize("error", [PermissionError(13, "no"), TimeoutError("too slow"), OSError(5, "no disk")])
def test_what_is_no_damage_is_not_called_so(tmp_path, monkeypatch, error):
    def failing(*_):
        raise error

    (tmp_path / "v.txt").write_bytes(LINES)
    monkeypatch.setattr("dsgns.vectors.files.opening._unpacked", failing)
    with pytest.raises(type(error), match=str(error.args[-1])):
        WordVectors.load(tmp_path / "v.txt")


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


@pytest.mark.parametrize(("ending", "size_at"), [("parquet", -8), ("arrow", -10)])
@pytest.mark.parametrize("where", [0, 8, 24])
def test_footers_that_are_damaged(tmp_path, ending, size_at, where):
    path = tmp_path / f"v.{ending}"
    WordVectors(["the", "of"], np.eye(2, dtype=np.float32)).save(path)
    data = bytearray(path.read_bytes())
    footer = len(data) + size_at - int.from_bytes(data[size_at:][:4], "little") + where
    data[footer : footer + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(VectorFileError, match=rf"v\.{ending} cannot be read as"):
        WordVectors.load(path)


def test_a_bit_of_a_parquet_file_does_not_change_unseen(tmp_path):
    words = [f"w{number}" for number in range(500)]
    numbers = np.random.default_rng(1).normal(size=(500, 4)).astype(np.float32)
    WordVectors(words, numbers).save(tmp_path / "v.parquet")
    data = bytearray((tmp_path / "v.parquet").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "v.parquet").write_bytes(data)
    with pytest.raises(VectorFileError, match=r"v\.parquet cannot be read"):
        WordVectors.load(tmp_path / "v.parquet")


@pytest.mark.parametrize("words", ["words", 5])
def test_hdf5_of_somebody_else(tmp_path, words):
    with h5py.File(tmp_path / "v.h5ad", "w") as file:
        file.create_dataset("X", data=np.eye(2))
        file.create_dataset("obs", data=words)
    with pytest.raises(VectorFileError, match=r"v\.h5ad cannot be read as AnnData"):
        WordVectors.load(tmp_path / "v.h5ad")


@pytest.mark.parametrize("kind", [pyarrow.list_(pyarrow.float32()), pyarrow.list_(pyarrow.float64(), 2)])
def test_a_number_that_is_missing_is_none(tmp_path, kind):
    vectors = pyarrow.array([[1.0, 2.0], [3.0, None]], kind)
    pyarrow.parquet.write_table(pyarrow.table({"word": ["the", "of"], "vector": vectors}), tmp_path / "v.parquet")
    with pytest.raises(VectorFileError, match=r"v\.parquet, row 2: a number of its vector is missing"):
        WordVectors.load(tmp_path / "v.parquet")


FLOATS = pyarrow.array([[1.0, 2.0], [3.0, 4.0]])
WORDS = pyarrow.array(["the", "of"])
LACKING = pyarrow.DictionaryArray.from_arrays([0, 1], ["the", None])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([("word", WORDS), ("word", WORDS), ("vector", FLOATS)], "has the columns"),
        ([("word", WORDS), ("word", pyarrow.array([1, 2])), ("vector", FLOATS)], "several columns called word"),
        ([("word", WORDS), ("count", pyarrow.array([1, 2**64 - 1], pyarrow.uint64())), ("vector", FLOATS)], "range"),
        ([("word", LACKING), ("vector", FLOATS)], "a value is missing"),
        ([("word", pyarrow.array([1, 2]).dictionary_encode()), ("vector", FLOATS)], "has the columns"),
    ],
)
def test_columns_that_say_too_much_or_too_little(tmp_path, columns, message):
    table = pyarrow.Table.from_arrays([column for _, column in columns], names=[name for name, _ in columns])
    with pyarrow.ipc.new_file(str(tmp_path / "v.arrow"), table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(VectorFileError, match=rf"v\.arrow.*{message}"):
        WordVectors.load(tmp_path / "v.arrow")


def test_words_may_be_views_of_strings(tmp_path):
    words = pyarrow.array(["the", "of"], pyarrow.string_view())
    table = pyarrow.table({"word": words, "vector": [[1.0, 2.0], [3.0, 4.0]]})
    with pyarrow.ipc.new_file(str(tmp_path / "v.arrow"), table.schema) as writer:
        writer.write_table(table)
    assert WordVectors.load(tmp_path / "v.arrow").index_to_key == ["the", "of"]


def test_a_number_as_first_word_is_no_promise(tmp_path):
    WordVectors(["7", "of"], np.array([[2], [1.5]], np.float32)).save(tmp_path / "v", "glove")
    back = WordVectors.load(tmp_path / "v")
    assert (back.index_to_key, back.vectors.tolist()) == (["7", "of"], [[2], [1.5]])


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "no\0name"])
def test_encodings_that_are_none_of_text(tmp_path, encoding):
    (tmp_path / "v.txt").write_bytes(LINES)
    with pytest.raises(ParameterError, match="such as 'latin-1'"):
        WordVectors.load(tmp_path / "v.txt", encoding=encoding)


@pytest.mark.parametrize("name", ["v.npy", "v.safetensors", "v.tsv"])
@pytest.mark.parametrize("calls", [1, 2])
def test_two_files_are_replaced_together_or_not_at_all(tmp_path, monkeypatch, name, calls):
    WordVectors(["the", "of"], np.eye(2, dtype=np.float32), [2, 1]).save(tmp_path / name)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    synced: list[int] = []

    def full(descriptor):
        synced.append(descriptor)
        if len(synced) == calls:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        WordVectors(["a", "b"], np.ones((2, 2), np.float32), [4, 3]).save(tmp_path / name)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
