"""Small vectors to ask questions of, and gensim's view of the same."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.store import CSRBlock, Output, Workspace, write_csr
from dsgns.vectors.words import WordVectors

WORDS = [f"word{number}" for number in range(200)]


@pytest.fixture
def vectors() -> WordVectors:
    rng = np.random.default_rng(7)
    return WordVectors(WORDS, rng.normal(size=(200, 12)).astype(np.float32), counts=np.arange(400, 200, -1))


@pytest.fixture
def keyed(vectors):
    """gensim's ``KeyedVectors`` of the same words and numbers."""
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(vectors.vector_size, len(vectors))
    keyed.index_to_key = list(vectors.index_to_key)
    keyed.key_to_index = dict(vectors.key_to_index)
    keyed.vectors = np.array(vectors.vectors)
    return keyed


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.create(str(tmp_path / "workspace"))


@pytest.fixture
def dense_matrix() -> np.ndarray:
    """A sparse matrix, dense: shape (200, 200), float32, a fifth of it filled, one row empty."""
    rng = np.random.default_rng(3)
    matrix = np.where(rng.random((200, 200)) < 0.2, rng.random((200, 200)) * 5, 0).astype(np.float32)
    matrix[17] = 0
    return matrix


@pytest.fixture
def ppmi(workspace, dense_matrix) -> Output:
    """The matrix in blocks of uneven height, one of them empty."""
    output = workspace.output("ppmi", "k1-00000000")
    for number, (start, stop) in enumerate([(0, 50), (50, 51), (51, 51), (51, 200)]):
        rows = dense_matrix[start:stop]
        indptr = np.concatenate([[0], np.cumsum((rows > 0).sum(axis=1))]).astype(np.int64)
        block = CSRBlock(rows[rows > 0], np.nonzero(rows)[1].astype(np.int32), indptr, start, 200)
        write_csr(output, f"rows/{number:05d}", block)
    return output
