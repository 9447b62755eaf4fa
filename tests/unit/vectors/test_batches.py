"""Many questions at once get the answers that each gets by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.errors import MissingWordError, ParameterError
from dsgns.vectors import batches
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.kernels_best import keep_best
from dsgns.vectors.sparse import SparseVectors
from dsgns.vectors.words import WordVectors

NEAR = {"rel": 1e-4, "abs": 1e-5}


def assert_same_rankings(ours, singly):
    for one, other in zip(ours, singly, strict=True):
        assert [word for word, _ in one] == [word for word, _ in other]
        assert [score for _, score in one] == pytest.approx([score for _, score in other], **NEAR)


@pytest.fixture(params=["dense", "sparse"])
def either(request, vectors, ppmi):
    return vectors if request.param == "dense" else SparseVectors(vectors.index_to_key, CSRRows(ppmi))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(batches, "QUESTIONS", 7)
    monkeypatch.setattr(batches, "_COSINES", 1)


@pytest.mark.parametrize("restrict_vocab", [None, 50])
def test_neighbours(either, restrict_vocab):
    words = either.index_to_key[:40]
    # The sparse fixture has a word without a cell, which is like nothing.
    words.remove("word17")
    ours = either.most_similar_batch(words, 5, restrict_vocab)
    assert_same_rankings(ours, [either.most_similar(word, topn=5, restrict_vocab=restrict_vocab) for word in words])


@pytest.mark.parametrize("method", ["3CosAdd", "3CosMul"])
def test_analogies(either, method):
    rng = np.random.default_rng(5)
    questions = [tuple(either.index_to_key[row] for row in rng.choice(200, 3, replace=False)) for _ in range(20)]
    single = either.most_similar if method == "3CosAdd" else either.most_similar_cosmul
    ours = either.analogies(questions, topn=4, method=method)
    assert_same_rankings(ours, [single([b, c], [a], topn=4) for a, b, c in questions])


def test_vectors_of_others(vectors):
    given = np.random.default_rng(1).normal(size=(9, 12))
    assert_same_rankings(vectors.similar_by_vectors(given, 6), [vectors.similar_by_vector(row, 6) for row in given])
    with pytest.raises(ParameterError, match=r"\(9, 3\); it must be \(n, 12\)"):
        vectors.similar_by_vectors(given[:, :3])


def test_what_is_asked_is_checked(vectors):
    assert vectors.most_similar_batch([]) == []
    assert vectors.analogies([]) == []
    assert vectors.most_similar_batch(["word1"], topn=0) == [[]]
    with pytest.raises(MissingWordError, match="'zebra'"):
        vectors.most_similar_batch(["word1", "zebra"])
    with pytest.raises(ParameterError, match="three words"):
        vectors.analogies([("word1", "word2")])
    with pytest.raises(ParameterError, match="3CosDiv"):
        vectors.analogies([], method="3CosDiv")


def test_a_word_has_no_more_neighbours_than_there_are():
    few = WordVectors(["zero", "one", "two"], np.array([[0, 0], [1, 0], [1, 1]], np.float32))
    assert few.most_similar_batch(["one"], topn=9) == [few.most_similar("one")]
    assert few.most_similar_batch(["zero"])[0] == [("one", 0.0), ("two", 0.0)]


SCORES = st.one_of(st.sampled_from([0.0, 0.5, float("nan"), float("-inf")]), st.floats(-1, 1, width=32))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), count=st.integers(1, 6), queries=st.integers(1, 3), rows=st.integers(0, 150))
def test_the_best_are_those_of_a_sort(data, count, queries, rows):
    pool = data.draw(st.lists(SCORES, min_size=1, max_size=12))
    scores = np.random.default_rng(rows).choice(np.array(pool, np.float32), size=(queries, rows))
    excluded = np.array(data.draw(st.lists(st.integers(0, 160), min_size=queries, max_size=queries)), np.int64)[:, None]
    best, found = np.full((queries, count), -np.inf, np.float32), np.full((queries, count), -1, np.int64)
    for start in range(0, rows, 70):
        keep_best(np.ascontiguousarray(scores[:, start : start + 70]), excluded, start, best, found)
    for query in range(queries):
        able = [row for row in range(rows) if row != excluded[query, 0] and scores[query, row] > -np.inf]
        expected = sorted(able, key=lambda row: (-scores[query, row], row))[:count]
        assert found[query].tolist() == expected + [-1] * (count - len(expected))
        assert best[query, : len(expected)].tolist() == scores[query, expected].tolist()
