"""Every format: to the readers of others and back, whole or not at all, every fault named."""

from __future__ import annotations

import json
import sys
import zipfile

import numpy as np
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import pytest
import safetensors.numpy

from dsgns.errors import MissingExtraError, ParameterError, SourceNotFoundError, VectorFileError
from dsgns.vectors.files.formats import FORMATS, format_of
from dsgns.vectors.words import WordVectors

NAMES = {"word2vec": "v.txt", "glove": "v", "word2vec-binary": "v.bin"}
COUNTED = {"safetensors", "npy", "parquet", "arrow", "projector", "anndata"}
MAPPED = {"safetensors", "npy"}


def name_of(form: str) -> str:
    return NAMES.get(form) or f"v{FORMATS[form].endings[0]}"


@pytest.fixture
def spaced(vectors) -> WordVectors:
    """Words with spaces, quotes and other scripts, for formats that have a place for them."""
    words = ["new york", 'say "so"', "中文", "a\u00a0b", *vectors.index_to_key[4:]]
    return WordVectors(words, vectors.vectors, vectors.counts)


@pytest.mark.parametrize("form", FORMATS)
def test_words_bits_and_counts_come_back(vectors, tmp_path, form):
    path = tmp_path / name_of(form)
    vectors.save(path, form)
    back = WordVectors.load(path)
    assert back.index_to_key == vectors.index_to_key
    np.testing.assert_array_equal(back.vectors, vectors.vectors)
    assert (back.counts is not None) == (form in COUNTED)
    if form in COUNTED:
        np.testing.assert_array_equal(back.counts, vectors.counts)
    assert isinstance(back.vectors, np.memmap) == (form in MAPPED)
    assert not [path.name for path in tmp_path.iterdir() if "partial" in path.name]


@pytest.mark.parametrize("form", FORMATS)
def test_some_words_only(vectors, tmp_path, form):
    vectors.save(tmp_path / name_of(form), form)
    back = WordVectors.load(tmp_path / name_of(form), limit=7)
    assert back.index_to_key == vectors.index_to_key[:7]
    np.testing.assert_array_equal(back.vectors, vectors.vectors[:7])
    with pytest.raises(ParameterError, match="limit is 0"):
        WordVectors.load(tmp_path / name_of(form), limit=0)


@pytest.mark.parametrize("form", sorted(COUNTED))
def test_words_with_spaces_and_no_counts(spaced, tmp_path, form):
    WordVectors(spaced.index_to_key, spaced.vectors).save(tmp_path / name_of(form))
    back = WordVectors.load(tmp_path / name_of(form))
    assert (back.index_to_key, back.counts) == (spaced.index_to_key, None)


@pytest.mark.parametrize("form", FORMATS)
def test_a_write_that_fails_leaves_what_was_there(vectors, tmp_path, form, monkeypatch):
    path = tmp_path / name_of(form)
    vectors.save(path, form)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        WordVectors(vectors.index_to_key, vectors.vectors + 1, vectors.counts).save(path, form)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_missing_file_is_named(tmp_path, form):
    with pytest.raises(SourceNotFoundError, match="nowhere"):
        WordVectors.load(tmp_path / "nowhere", form)


@pytest.mark.parametrize("form", ["safetensors", "npy", "parquet", "arrow"])
@pytest.mark.parametrize("kept", [0, 9, 300, -40])
def test_a_truncated_file_is_refused(vectors, tmp_path, form, kept):
    path = tmp_path / name_of(form)
    vectors.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(VectorFileError, match=path.name):
        WordVectors.load(path)


def test_safetensors_own_library_reads_ours_and_we_its(spaced, tmp_path):
    spaced.save(tmp_path / "ours.safetensors")
    (read,) = safetensors.numpy.load_file(tmp_path / "ours.safetensors").values()
    np.testing.assert_array_equal(read, spaced.vectors)
    half = np.asarray(spaced.vectors, np.float16)
    safetensors.numpy.save_file({"rows": half, "bias": np.zeros(3)}, tmp_path / "theirs.safetensors")
    (tmp_path / "theirs.safetensors.json").write_text(json.dumps({"words": spaced.index_to_key}))
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "theirs.safetensors").vectors, half.astype(np.float32))
    safetensors.numpy.save_file({"a": half, "b": half}, tmp_path / "two.safetensors")
    with pytest.raises(VectorFileError, match="holds the tensors a, b"):
        WordVectors.load(tmp_path / "two.safetensors")


@pytest.mark.parametrize("form", sorted(MAPPED))
def test_words_of_another_export_are_refused(vectors, tmp_path, form):
    path = tmp_path / name_of(form)
    vectors.save(path)
    array = path.read_bytes()
    WordVectors(vectors.index_to_key, vectors.vectors * 2).save(path)
    path.write_bytes(array)
    with pytest.raises(VectorFileError, match="export both again"):
        WordVectors.load(path)
    WordVectors(vectors.index_to_key[:9], vectors.vectors[:9]).save(path)
    path.write_bytes(array)
    with pytest.raises(VectorFileError, match="9 words for 200 vectors"):
        WordVectors.load(path)
    (tmp_path / f"{path.name}.json").write_text("[1]")
    with pytest.raises(VectorFileError, match="expected JSON"):
        WordVectors.load(path)
    (tmp_path / f"{path.name}.json").unlink()
    with pytest.raises(VectorFileError, match=r"its words are expected in .*\.json"):
        WordVectors.load(path)


def test_arrays_of_another_kind_are_refused(tmp_path):
    np.save(tmp_path / "pickled.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(VectorFileError, match="without unpickling"):
        WordVectors.load(tmp_path / "pickled.npy")
    np.save(tmp_path / "ids.npy", np.arange(6).reshape(2, 3))
    with pytest.raises(VectorFileError, match=r"int64 of shape \(2, 3\)"):
        WordVectors.load(tmp_path / "ids.npy")


def test_pyarrow_reads_ours(spaced, tmp_path):
    spaced.save(tmp_path / "v.parquet")
    spaced.save(tmp_path / "v.arrow")
    for table in (pyarrow.parquet.read_table(tmp_path / "v.parquet"), pyarrow.feather.read_table(tmp_path / "v.arrow")):
        assert table.column_names == ["word", "count", "vector"]
        assert table["word"].to_pylist() == spaced.index_to_key
        np.testing.assert_array_equal(np.array(table["vector"].to_pylist(), np.float32), spaced.vectors)


def test_columns_of_others_are_found_by_their_kind(tmp_path):
    rows = {"token": ["a", "b"], "embedding": [[1.0, 2.0], [3.0, 4.0]], "id": [7, 8]}
    pyarrow.parquet.write_table(pyarrow.table(rows), tmp_path / "v.parquet")
    assert WordVectors.load(tmp_path / "v.parquet")["b"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"token": ["a"], "id": [1]}, r"columns token \(string\), id \(int64\)"),
        ({"word": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, "row 2: found 2 numbers"),
        ({"word": ["a", None], "vector": [[1.0], [1.0]]}, "a value is missing"),
        ({"word": [], "vector": pyarrow.array([], pyarrow.list_(pyarrow.float32()))}, "holds no vectors"),
    ],
)
def test_faults_in_columns_are_named(tmp_path, rows, message):
    table = pyarrow.table({name: pyarrow.array(values, pyarrow.string()) if name == "word" else values
                           for name, values in rows.items()})  # fmt: skip
    pyarrow.parquet.write_table(table, tmp_path / "bad.parquet")
    with pytest.raises(VectorFileError, match=rf"bad\.parquet.*{message}"):
        WordVectors.load(tmp_path / "bad.parquet")


def test_the_projectors_two_tables(vectors, tmp_path):
    vectors.save(tmp_path / "vectors.tsv")
    assert (tmp_path / "metadata.tsv").read_text().splitlines()[:2] == ["word\tcount", "word0\t400"]
    numbers = np.loadtxt(tmp_path / "vectors.tsv", delimiter="\t", dtype=np.float32)
    np.testing.assert_array_equal(numbers, vectors.vectors)
    for text, message in [
        ("1\t2\n3\n", "line 2: found 1 numbers"),
        ("1\t2\n3\tx\n", "line 2"),
        ("1\t2\n", "200 labels"),
    ]:
        (tmp_path / "vectors.tsv").write_text(text)
        with pytest.raises(VectorFileError, match=message):
            WordVectors.load(tmp_path / "vectors.tsv")
    (tmp_path / "metadata.tsv").write_text("word\tcount\na\tmany\n")
    with pytest.raises(VectorFileError, match=r"metadata\.tsv, line 2"):
        WordVectors.load(tmp_path / "vectors.tsv")
    (tmp_path / "metadata.tsv").unlink()
    with pytest.raises(VectorFileError, match="words are expected"):
        WordVectors.load(tmp_path / "vectors.tsv")


def test_glove_has_no_first_line_and_fasttext_has(vectors, tmp_path):
    vectors.save(tmp_path / "v.glove", "glove")
    assert (tmp_path / "v.glove").read_text().startswith("word0 ")
    read = np.loadtxt(tmp_path / "v.glove", usecols=range(1, 13), dtype=np.float32)
    np.testing.assert_array_equal(read, vectors.vectors)
    (tmp_path / "fast.vec").write_text("2 3\n</s> 0.001 -0.5 2 \nthe 1 2 3 \n")
    assert WordVectors.load(tmp_path / "fast.vec").vectors.tolist()[1] == [1, 2, 3]


def test_a_zip_archive_of_several_files_asks_for_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "glove.zip", "w") as archive:
        archive.writestr("glove.1d.txt", "the 1 2\n")
        archive.writestr("glove.2d.txt", "of 3 4\n")
    with pytest.raises(VectorFileError, match=r"glove\.1d\.txt, glove\.2d\.txt.*zip://glove\.1d\.txt::"):
        WordVectors.load(tmp_path / "glove.zip")
    assert WordVectors.load(f"zip://glove.2d.txt::{tmp_path / 'glove.zip'}").index_to_key == ["of"]
    with pytest.raises(VectorFileError, match="not written"):
        WordVectors(["a"], np.ones((1, 2), np.float32)).save(tmp_path / "v.txt.zip")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("model.bin", b"\xba\x16\x4f\x2f\x0c\0\0\0", "fastText model"),
        ("model.kv", b"\x80\x04\x95\x11", "pickle.*from_gensim"),
        ("v.txt", b"PK\x03\x04", "must end in .zip"),
        ("v.txt.gz", b"the 1 2\nof 3 4\n", "damaged"),
        ("v.txt.gz", b"no gzip", "ends too soon"),
        ("v.txt.zst", b"\x28\xb5\x2f\xfd\0\0", "ends too soon"),
        ("v.zip", b"no zip", "no zip archive"),
        ("v.txt.bz2", b"BZh91AY&SY....", "ends too soon"),
        ("v.txt", b"a 1 2\nb \xff 2\n", "line 2"),
        ("v.txt", "1 1\nä 2".encode("utf-16")[:-1], "no utf-16"),
    ],
)
def test_strangers_are_told_for_what_they_are(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(VectorFileError, match=rf"(?s){name}.*{message}"):
        WordVectors.load(tmp_path / name)


def test_encodings_are_asked_for_by_name(tmp_path):
    (tmp_path / "latin.txt").write_bytes("1 1\nnaïve 2".encode("latin-1"))
    assert WordVectors.load(tmp_path / "latin.txt", encoding="latin-1").index_to_key == ["naïve"]
    with pytest.raises(ParameterError, match="klingon"):
        WordVectors.load(tmp_path / "latin.txt", encoding="klingon")


def test_formats_are_found_by_their_endings():
    assert format_of("a/b.vec.GZ") is FORMATS["word2vec"]
    assert format_of("b.npy") is FORMATS["npy"]
    assert format_of("b.glove.gz") is FORMATS["glove"]
    with pytest.raises(ParameterError, match="cannot be compressed"):
        format_of("b.npy.gz")
    with pytest.raises(ParameterError, match=r"'excel'.*parquet"):
        format_of("b.txt", "excel")


def test_an_ending_that_says_nothing_is_not_written_as_text(vectors, tmp_path):
    for name in ("v.safetensor", "v.foo.gz"):
        with pytest.raises(ParameterError, match=r"\.(safetensor|foo) says no format, as \.txt, \.vec"):
            vectors.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    vectors.save(tmp_path / "v.foo", "glove")
    vectors.save(tmp_path / "plain")
    assert len(WordVectors.load(tmp_path / "v.foo")) == len(WordVectors.load(tmp_path / "plain")) == len(vectors)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_the_extra_is_asked_for_when_it_is_missing(vectors, tmp_path, monkeypatch, form):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[arrow\]'"):
        vectors.save(tmp_path / name_of(form))
    assert list(tmp_path.iterdir()) == []
