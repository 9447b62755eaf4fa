"""word2vec's files: to gensim and back, and every fault named."""

from __future__ import annotations

import gzip
import os

import numpy as np
import pytest
from gensim.models import KeyedVectors

from dsgns.errors import SourceNotFoundError, VectorFileError
from dsgns.vectors.files.formats import save
from dsgns.vectors.files.table import Table
from dsgns.vectors.words import WordVectors


@pytest.fixture
def awkward(vectors) -> WordVectors:
    """Words in other scripts, numbers of all sizes, more rows than a block."""
    rng = np.random.default_rng(1)
    words = [*vectors.index_to_key, "naïve", "中文", "a\u00a0b", "#", "1"] + [f"w{number}" for number in range(5000)]
    sizes = 10.0 ** rng.integers(-30, 30, size=(len(words), 1))
    return WordVectors(words, (rng.normal(size=(len(words), 5)) * sizes).astype(np.float32))


@pytest.mark.parametrize("binary", [False, True])
def test_files_give_the_same_words_and_bits(awkward, tmp_path, binary):
    awkward.save_word2vec_format(tmp_path / "vectors", binary=binary)
    back = WordVectors.load_word2vec_format(tmp_path / "vectors", binary=binary)
    assert back.index_to_key == awkward.index_to_key
    np.testing.assert_array_equal(back.vectors, awkward.vectors)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"], "nothing else is left behind"


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_the_ending_compresses(vectors, tmp_path, ending):
    vectors.save_word2vec_format(tmp_path / "plain.txt")
    vectors.save_word2vec_format(tmp_path / f"vectors.txt.{ending}")
    assert (tmp_path / f"vectors.txt.{ending}").stat().st_size < (tmp_path / "plain.txt").stat().st_size
    back = WordVectors.load_word2vec_format(tmp_path / f"vectors.txt.{ending}")
    np.testing.assert_array_equal(back.vectors, vectors.vectors)


def test_a_link_stays_one(vectors, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    vectors.save_word2vec_format(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes().startswith(f"{len(vectors)} ".encode())


def test_what_is_no_file_is_left_alone(vectors, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(VectorFileError, match="no file that can be replaced"):
            vectors.save_word2vec_format(path)
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_our_files_and_finds_the_same_neighbours(vectors, tmp_path, binary):
    vectors.save_word2vec_format(tmp_path / "vectors", binary=binary)
    keyed = KeyedVectors.load_word2vec_format(tmp_path / "vectors", binary=binary)
    np.testing.assert_array_equal(keyed.vectors, vectors.vectors)
    for word in vectors.index_to_key[:20]:
        assert [near for near, _ in keyed.most_similar(word)] == [near for near, _ in vectors.most_similar(word)]


@pytest.mark.parametrize("binary", [False, True])
def test_we_read_gensims_files(keyed, tmp_path, binary):
    keyed.save_word2vec_format(tmp_path / "vectors", binary=binary)
    vectors = WordVectors.load_word2vec_format(tmp_path / "vectors", binary=binary)
    assert vectors.index_to_key == keyed.index_to_key
    np.testing.assert_array_equal(vectors.vectors, keyed.vectors)
    few = WordVectors.load_word2vec_format(tmp_path / "vectors", binary=binary, limit=10)
    assert few.index_to_key == keyed.index_to_key[:10]


@pytest.mark.parametrize(
    "text",
    [
        "2 3\nthe 1 2 3\nof 4 5 6\n",
        "2 3\nthe 1 2 3\nof 4 5 6",
        "the 1 2 3\nof 4 5 6\n",
        "2 3\r\nthe 1 2 3 \r\nof 4.0 5e0 6 \r\n\r\n",
    ],
)
def test_text_is_read_with_tolerance(tmp_path, text):
    (tmp_path / "vectors.txt").write_bytes(text.encode())
    read = WordVectors.load_word2vec_format(tmp_path / "vectors.txt")
    assert read.index_to_key == ["the", "of"]
    assert read.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_word_may_hold_spaces_as_gloves_do(tmp_path):
    (tmp_path / "glove.txt").write_text("the 1 2 3\n. . . 4 5 6\n")
    read = WordVectors.load_word2vec_format(tmp_path / "glove.txt")
    assert read.index_to_key == ["the", ". . ."]
    assert read.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_compressed_files_are_unpacked(vectors, tmp_path):
    vectors.save_word2vec_format(tmp_path / "vectors.txt")
    with gzip.open(tmp_path / "vectors.txt.gz", "wb") as file:
        file.write((tmp_path / "vectors.txt").read_bytes())
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "vectors.txt.gz").vectors, vectors.vectors)
    packed = (tmp_path / "vectors.txt.gz").read_bytes()
    (tmp_path / "cut.txt.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(VectorFileError, match=r"cut\.txt\.gz"):
        WordVectors.load_word2vec_format(tmp_path / "cut.txt.gz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1"),
        ("2 3\nthe 1 2 3\n", "truncated: 1 words read, line 1 promises 2"),
        ("1 3\nthe 1 2 3\nof 4 5 6\n", "does not count: 2 words read, line 1 promises 1"),
        ("2 3\nthe 1 2 3\nof 4 5\n", "line 3: found 2 numbers; expected a word and 3 numbers"),
        ("2 3\nthe 1 2 3\nof 4 5 6 7\n", "line 3: found more than 3 numbers"),
        ("2 3\nthe 1 2 x\nof 4 5 6\n", "line 2"),
        ("the\nof\n", "line 1"),
        (b"2 1\n\xff 1\nof 2\n", "line 2.*unicode_errors"),
        (b"1 2\nthe \x01\x00\x80\x3f\x01\x02\x03\x04", "line 2.*word2vec-binary"),
    ],
)
def test_faults_in_text_are_named(tmp_path, text, message):
    (tmp_path / "bad.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(VectorFileError, match=f"(?s)bad.txt.*{message}"):
        WordVectors.load_word2vec_format(tmp_path / "bad.txt")


def test_words_in_other_encodings_can_be_read(tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"1 1\nna\xefve 1\n")
    assert WordVectors.load_word2vec_format(tmp_path / "latin.txt", unicode_errors="replace").index_to_key == [
        "na\ufffdve"
    ]


@pytest.mark.parametrize("kept", [0, 5, 20, 300, -1])
def test_a_truncated_binary_file_is_refused(vectors, tmp_path, kept):
    vectors.save_word2vec_format(tmp_path / "vectors.bin", binary=True)
    whole = (tmp_path / "vectors.bin").read_bytes()
    # The line feed after the last vector may be missing, as in gensim's files, but no byte of a number.
    (tmp_path / "cut.bin").write_bytes(whole[: kept - 1 if kept < 0 else kept])
    with pytest.raises(VectorFileError, match=r"cut\.bin"):
        WordVectors.load_word2vec_format(tmp_path / "cut.bin", binary=True)


def test_text_is_no_binary_file(vectors, tmp_path):
    vectors.save_word2vec_format(tmp_path / "vectors.txt")
    with pytest.raises(VectorFileError, match=r"read it as word2vec \(format=, --from\)"):
        WordVectors.load_word2vec_format(tmp_path / "vectors.txt", binary=True)


@pytest.mark.parametrize("binary", [False, True])
def test_a_missing_file_is_named(tmp_path, binary):
    with pytest.raises(SourceNotFoundError, match=r"nowhere\.bin"):
        WordVectors.load_word2vec_format(tmp_path / "nowhere.bin", binary=binary)


def test_the_first_of_repeated_words_is_kept_with_a_warning(tmp_path):
    (tmp_path / "twice.txt").write_text("3 1\na 1\nb 2\na 3\n")
    with pytest.warns(UserWarning, match="twice.txt.*'a'"):
        read = WordVectors.load_word2vec_format(tmp_path / "twice.txt")
    assert (read.index_to_key, read.vectors.tolist()) == (["a", "b"], [[1], [2]])


@pytest.mark.parametrize("word", ["new york", "", "a\nb", "tab\t"])
def test_words_that_do_not_fit_the_format_are_refused(tmp_path, word):
    with pytest.raises(VectorFileError, match="white space"):
        save(tmp_path / "vectors", Table(["fine", word], np.zeros((2, 3), np.float32)))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(vectors, tmp_path):
    vectors.save_word2vec_format(tmp_path / "vectors")
    before = (tmp_path / "vectors").read_bytes()
    with pytest.raises(ValueError, match="zip"):
        save(tmp_path / "vectors", Table(["more", "words"], np.ones((1, 12), np.float32)))
    assert (tmp_path / "vectors").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]
