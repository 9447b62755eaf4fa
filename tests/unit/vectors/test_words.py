"""WordVectors answers as gensim's KeyedVectors does."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import MissingWordError, ParameterError
from dsgns.vectors.words import WordVectors

WORDS = [f"word{number}" for number in range(200)]
NEAR = {"rel": 1e-5, "abs": 1e-6}


def assert_same_answers(ours, theirs):
    assert [word for word, _ in ours] == [word for word, _ in theirs]
    assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], **NEAR)


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        ("word3", []),
        (["word3"], []),
        (["word3", "word4"], ["word5"]),
        ([("word3", 2.0), "word9"], [("word5", -0.5)]),
        (7, []),
    ],
)
@pytest.mark.parametrize("restrict_vocab", [None, 50])
def test_most_similar(vectors, keyed, positive, negative, restrict_vocab):
    ours = vectors.most_similar(positive, negative, topn=15, restrict_vocab=restrict_vocab)
    theirs = keyed.most_similar(positive, negative, topn=15, restrict_vocab=restrict_vocab)
    assert_same_answers(ours, theirs)


def test_most_similar_of_a_vector(vectors, keyed):
    vector = np.arange(12, dtype=np.float32)
    assert_same_answers(vectors.similar_by_vector(vector), keyed.similar_by_vector(vector))
    assert_same_answers(vectors.most_similar(vector, ["word1"]), keyed.most_similar(vector, ["word1"]))


def test_similarities_of_all_words(vectors, keyed):
    np.testing.assert_allclose(
        vectors.similarities(["word1"], ["word2"]),
        keyed.most_similar(["word1"], ["word2"], topn=None),
        rtol=1e-4,
        atol=1e-6,
    )
    assert len(vectors.most_similar("word1", topn=None)) == len(vectors) - 1
    assert vectors.most_similar("word1", topn=0) == []


# gensim's own method calls another one that gensim has deprecated.
@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")
@pytest.mark.parametrize(
    ("positive", "negative"), [("word3", []), (["word3", "word4"], ["word5"]), (["word8"], ["word3", "word4"])]
)
def test_most_similar_cosmul(vectors, keyed, positive, negative):
    assert_same_answers(vectors.most_similar_cosmul(positive, negative), keyed.most_similar_cosmul(positive, negative))


def test_cosmul_needs_a_positive_word(vectors):
    with pytest.raises(ParameterError, match="positive"):
        vectors.most_similar_cosmul(negative=["word1"])


def test_pairs_and_groups(vectors, keyed):
    assert vectors.similarity("word1", "word2") == keyed.similarity("word1", "word2")
    assert vectors.distance("word1", "word2") == pytest.approx(keyed.distance("word1", "word2"), **NEAR)
    groups = ["word1", "word2"], ["word3", "word4", "word5"]
    assert vectors.n_similarity(*groups) == pytest.approx(keyed.n_similarity(*groups), **NEAR)
    assert vectors.most_similar_to_given("word1", WORDS[3:9]) == keyed.most_similar_to_given("word1", WORDS[3:9])
    assert vectors.doesnt_match(WORDS[3:9]) == keyed.doesnt_match(WORDS[3:9])
    assert vectors.rank("word1", "word2") == keyed.rank("word1", "word2")
    assert vectors.closer_than("word1", "word2") == keyed.closer_than("word1", "word2")
    for others in ((), ["word4", "word9"]):
        np.testing.assert_allclose(
            vectors.distances("word1", others), keyed.distances("word1", others), rtol=1e-4, atol=1e-6
        )


def test_vectors_of_words(vectors, keyed):
    np.testing.assert_array_equal(vectors["word5"], keyed["word5"])
    np.testing.assert_array_equal(vectors[["word5", "word2"]], keyed[["word5", "word2"]])
    np.testing.assert_allclose(vectors.get_vector("word5", norm=True), keyed.get_vector("word5", norm=True), rtol=1e-6)
    for options in ({}, {"weights": [1, -2]}, {"pre_normalize": False}, {"post_normalize": True}):
        ours, theirs = (side.get_mean_vector(["word5", "word2"], **options) for side in (vectors, keyed))
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(
        vectors.get_mean_vector(["word5", "absent"]),
        vectors.get_mean_vector(["word5"]),
        "missing words are passed over",
    )


def test_words_and_rows(vectors):
    assert (len(vectors), vectors.vector_size) == (200, 12)
    assert vectors.key_to_index["word7"] == vectors.get_index("word7") == vectors.get_index(7) == 7
    assert vectors.index_to_key[7] == "word7"
    assert "word7" in vectors
    assert 7 in vectors
    assert "absent" not in vectors
    assert 200 not in vectors
    assert vectors.get_index("absent", default=-1) == -1
    assert vectors.get_vecattr("word7", "count") == 393
    with pytest.raises(ParameterError, match="'colour'"):
        vectors.get_vecattr("word7", "colour")


def test_missing_words_are_named_with_what_is_close(vectors):
    for ask in (vectors.get_vector, vectors.most_similar, lambda word: vectors.similarity("word1", word)):
        with pytest.raises(KeyError, match=r"'wordd7'.*'word7'"):
            ask("wordd7")
    with pytest.raises(MissingWordError, match="'word19'"):
        vectors["WORD19"]
    with pytest.raises(MissingWordError, match="zebra"):
        vectors.doesnt_match(["word1", "word2", "zebra"])


@pytest.mark.parametrize(
    ("words", "counts", "message"),
    [
        (["a", "b"], None, "2 words need"),
        (["a", "b", "a"], None, "'a' is given more than once"),
        (["a", "b", "c"], [1], "1 counts"),
    ],
)
def test_words_must_fit_the_rows(words, counts, message):
    with pytest.raises(ParameterError, match=message):
        WordVectors(words, np.zeros((3, 2), np.float32), counts)


def test_zero_vectors_are_like_nothing():
    vectors = WordVectors(["zero", "one", "two"], np.array([[0, 0], [1, 0], [1, 1]], np.float32))
    assert vectors.similarity("zero", "one") == 0
    assert vectors.most_similar("one") == [("two", pytest.approx(0.7071, abs=1e-4)), ("zero", 0.0)]
    assert np.isfinite(vectors.get_vector("zero", norm=True)).all()


def test_memory_mapped_vectors_are_read_in_blocks(tmp_path, vectors, monkeypatch):
    vectors.vectors.tofile(tmp_path / "rows")
    mapped = np.memmap(tmp_path / "rows", np.float32, "r", shape=(200, 12))
    monkeypatch.setattr("dsgns.vectors.words._BLOCK", 12 * 7)
    in_blocks = WordVectors(WORDS, mapped)
    assert in_blocks.vectors is mapped
    assert type(in_blocks.get_vector("word1")) is np.ndarray
    np.testing.assert_array_equal(in_blocks.norms, vectors.norms)
    assert_same_answers(in_blocks.most_similar("word1"), vectors.most_similar("word1"))
    pairs = np.arange(50), np.arange(50, 100)
    np.testing.assert_array_equal(in_blocks.pair_cosines(*pairs), vectors.pair_cosines(*pairs))


def test_cosines_come_in_blocks(vectors):
    unit = vectors.vectors / np.linalg.norm(vectors.vectors, axis=1, keepdims=True)
    block = vectors.cosines(np.array([5, 3, 5]))
    np.testing.assert_allclose(block(10, 33), unit[[5, 3, 5]] @ unit[10:33].T, atol=1e-6)
