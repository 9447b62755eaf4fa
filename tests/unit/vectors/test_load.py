"""Vectors leave the workspace with the words they belong to."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import MissingOutputError
from dsgns.store import CSRBlock, write_csr
from dsgns.vectors.load import load_vectors
from dsgns.vectors.sparse import load_sparse_vectors

WORDS = ["the", "naïve", "中文"]


@pytest.fixture
def vocabulary(workspace):
    encoded = [word.encode() for word in WORDS]
    output = workspace.output("vocabulary", "v-1")
    output.write(
        "words",
        {
            "bytes": np.frombuffer(b"".join(encoded), np.uint8),
            "offsets": np.cumsum([0, *map(len, encoded)]),
            "counts": np.array([9, 5, 2]),
        },
    )
    return output


def test_dense_vectors(workspace, vocabulary):
    output = workspace.output("sgns", "d2-1")
    output.write("input/00000", {"rows": np.eye(3, 2, dtype=np.float32)}, facts={"start": 0, "stop": 3})
    with pytest.raises(MissingOutputError, match="not complete"):
        load_vectors(workspace, output)
    output.finish({"facts": {"vocabulary": vocabulary.key}})
    vectors = load_vectors(workspace, output)
    assert vectors.index_to_key == WORDS
    assert vectors.get_vecattr("naïve", "count") == 5
    np.testing.assert_array_equal(vectors["naïve"], [0, 1])


def test_sparse_vectors(workspace, vocabulary):
    ppmi = workspace.output("ppmi", "k1-1")
    ppmi.finish({"facts": {"vocabulary": vocabulary.key}})
    rows = CSRBlock(np.ones(2, np.float32), np.array([1, 2], np.int32), np.array([0, 1, 1, 2]), 0, 3)
    write_csr(ppmi, "rows/00000", rows)
    vectors = load_sparse_vectors(workspace, ppmi)
    assert vectors.index_to_key == WORDS
    np.testing.assert_array_equal(vectors["the"], [0, 1, 0])
