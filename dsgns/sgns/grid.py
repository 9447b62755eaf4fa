"""How the rows of the two matrices are cut: into blocks on disk, and into shards between replicas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dsgns.sgns.model import padded

_BLOCK_BYTES = 32 << 20
_MOST_SHARDS_FOR_REPLICAS = 2

Grid = Sequence[tuple[int, int]]
"""Row ranges (start, stop), one after the other, covering the vocabulary."""

MATRICES = ("input", "output")
"""The two matrices, as their blocks are named."""


def row_grid(vocabulary_size: int, vector_size: int, replicas: int = 1) -> Grid:
    """Equal row ranges of at most 32 MiB a matrix; enough of them for replicas to merge in parallel."""
    row_bytes = padded(vector_size) * 4
    for_size = -(-vocabulary_size * row_bytes // _BLOCK_BYTES)
    for_replicas = min(replicas, _MOST_SHARDS_FOR_REPLICAS)
    blocks = min(vocabulary_size, max(for_size, for_replicas))
    edges = [vocabulary_size * number // blocks for number in range(blocks + 1)]
    return list(pairwise(edges))


def block_name(matrix: str, number: int) -> str:
    """The block that holds the ``number``-th row range of a matrix."""
    return f"{matrix}/{number:05d}"


def within(words: npt.NDArray[np.int32], start: int, stop: int) -> npt.NDArray[np.int32]:
    """Those of some ascending words, int32, that lie in a row range."""
    first, last = np.searchsorted(words, (start, stop))
    return words[first:last]
