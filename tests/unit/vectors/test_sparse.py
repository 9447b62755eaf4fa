"""Sparse vectors answer as dense ones with the same numbers do."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import MissingOutputError, MissingWordError, ParameterError
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.sparse import SparseVectors
from dsgns.vectors.words import WordVectors

WORDS = [f"word{number}" for number in range(200)]


@pytest.fixture(params=[256 << 20, 0], ids=["cached", "uncached"])
def sparse(ppmi, request) -> SparseVectors:
    return SparseVectors(WORDS, CSRRows(ppmi, cache_bytes=request.param))


@pytest.fixture
def dense(dense_matrix) -> WordVectors:
    return WordVectors(WORDS, dense_matrix)


def assert_same_answers(ours, theirs):
    assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], rel=1e-5, abs=1e-6)
    assert [word for word, _ in ours] == [word for word, _ in theirs]


def test_neighbours(sparse, dense):
    assert_same_answers(sparse.most_similar("word3"), dense.most_similar("word3"))
    assert_same_answers(
        sparse.most_similar("word60", restrict_vocab=55), dense.most_similar("word60", restrict_vocab=55)
    )
    analogy = ["word3", "word80"], ["word55"]
    assert_same_answers(sparse.most_similar(*analogy), dense.most_similar(*analogy))
    assert_same_answers(sparse.most_similar_cosmul(*analogy), dense.most_similar_cosmul(*analogy))


def test_pairs_and_groups(sparse, dense):
    assert sparse.similarity("word3", "word150") == pytest.approx(dense.similarity("word3", "word150"), rel=1e-5)
    assert sparse.similarity("word3", "word17") == 0, "word17 has an empty row"
    assert sparse.doesnt_match(WORDS[40:60]) == dense.doesnt_match(WORDS[40:60])
    assert sparse.rank("word3", "word9") == dense.rank("word3", "word9")
    left, right = np.array([0, 199, 50, 0]), np.array([0, 50, 51, 17])
    np.testing.assert_allclose(sparse.pair_cosines(left, right), dense.pair_cosines(left, right), rtol=1e-5, atol=1e-6)


def test_rows(sparse, dense_matrix):
    np.testing.assert_array_equal(sparse.rows([199, 0, 50, 17, 0]), dense_matrix[[199, 0, 50, 17, 0]])
    np.testing.assert_array_equal(sparse["word51"], dense_matrix[51])
    np.testing.assert_allclose(sparse.norms, np.linalg.norm(dense_matrix, axis=1), rtol=1e-5)
    assert (len(sparse), sparse.vector_size) == (200, 200)
    with pytest.raises(MissingWordError):
        sparse["absent"]


@pytest.mark.parametrize("tile_bytes", [32 << 20, 1])
def test_cosines_come_in_blocks_and_tiles(sparse, dense, monkeypatch, tile_bytes):
    monkeypatch.setattr("dsgns.vectors.sparse._TILE", tile_bytes)
    rows = np.arange(5, 45)
    for start, stop in [(0, 200), (49, 52), (60, 61)]:
        np.testing.assert_allclose(
            sparse.cosines(rows)(start, stop), dense.cosines(rows)(start, stop), rtol=1e-4, atol=1e-5
        )


def test_a_matrix_must_be_there_and_fit(workspace, ppmi):
    with pytest.raises(MissingOutputError, match="ppmi"):
        CSRRows(workspace.output("ppmi", "none-00000000"))
    with pytest.raises(ParameterError, match="3 words"):
        SparseVectors(["a", "b", "c"], CSRRows(ppmi))
