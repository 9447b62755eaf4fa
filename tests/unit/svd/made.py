"""Counts and marginals written by hand, and what M is in plain NumPy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dsgns.store import CSRBlock, Output, Workspace, write_csr


def write_counts(workspace: Workspace, counts: np.ndarray, grid: list[int] | None = None) -> Output:
    """A dense symmetric matrix of integers as a completed ``counts`` output, in row blocks."""
    size = len(counts)
    grid = grid or [0, size]
    output = workspace.output("counts", "made")
    for block, (start, stop) in enumerate(pairwise(grid)):
        rows, columns = np.nonzero(counts[start:stop])
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=stop - start))])
        data = counts[start:stop][rows, columns].astype(np.uint32)
        write_csr(output, f"rows/{block:05d}", CSRBlock(data, columns.astype(np.int32), indptr, start, size))
    facts = {"vocabulary_size": size, "vocabulary": "v", "tokens": "t", "grid": grid}
    output.finish({"facts": facts, "blocks": list(output.manifests()), "finished": 0.0})
    return output


def write_marginals(workspace: Workspace, row: np.ndarray, column: np.ndarray) -> Output:
    """A completed ``marginals`` output."""
    output = workspace.output("marginals", "made")
    output.write("vectors", {"row": row, "column": column})
    output.finish({"facts": {}, "blocks": ["vectors"], "finished": 0.0})
    return output


def dense_matrix(counts: np.ndarray, row: np.ndarray, column: np.ndarray, transform: str = "sppmi") -> np.ndarray:
    """M, shape (V, V), float64, its cells rounded to half precision as the packed ones are."""
    row, column = row.astype(np.float32)[:, None], column.astype(np.float32)
    if transform == "root-cca":
        scaled = np.sqrt(counts.astype(np.float32)) * (np.float32(2**15) * row * column)
        return scaled.astype(np.float16).astype(np.float64) / 2**15
    with np.errstate(divide="ignore"):
        logarithms = np.log(counts.astype(np.float32))
    values = logarithms - row - column
    return np.maximum(values, 0).astype(np.float16).astype(np.float64)


def topical_counts(size: int, topics: int, tokens: int, seed: int = 0) -> np.ndarray:
    """Symmetric counts of words drawn in pairs from topics, the words' frequencies falling like Zipf's."""
    rng = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, size + 1)
    leaning = rng.gamma(0.15, size=(topics, size)) * frequency
    leaning /= leaning.sum(axis=1, keepdims=True)
    counts = np.zeros((size, size), np.int64)
    for topic in range(topics):
        words = rng.choice(size, size=(tokens // topics, 2), p=leaning[topic])
        np.add.at(counts, (words[:, 0], words[:, 1]), 1)
    return counts + counts.T


def folded(counts: np.ndarray, cds: float = 0.75) -> tuple[np.ndarray, np.ndarray]:
    """``row`` and ``column`` of PMI with context distribution smoothing."""
    sums = np.maximum(counts.sum(axis=1).astype(np.float64), 1e-9)
    smoothed = sums**cds
    return np.log(sums), np.log(smoothed / smoothed.sum())
