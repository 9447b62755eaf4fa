"""From ids to co-occurrence counts on disk, beside SciPy's sums of coordinates in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.parameters import CountsParameters
from dsgns.store import Output, read_csr
from tests.benchmarks.contest import Contest
from tests.benchmarks.desk import Desk

# SciPy needs some gigabytes for the last one.
CASES = ((1_000_000, 5), (4_000_000, 5), (4_000_000, 10))


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage, up to compressed rows on disk."""
    for most, window in CASES:
        yield contest(desk, desk.within(most), CountsParameters(window=window))


def contest(desk: Desk, number: int, parameters: CountsParameters) -> Contest:
    """Counting the first so many tokens."""
    made, output = desk.encoded(number), desk.counted(number, parameters)
    ids, size, weights = made.ids, made.counts.size, window_weights(parameters)
    tokens = made.tokens.facts["tokens"]
    return Contest(
        "counts",
        f"ids to CSR on disk, {tokens / 1e6:.3g}M tokens, window {parameters.window}",
        "scipy coo -> csr",
        tokens,
        lambda: count_cooccurrences(desk.engine, made.workspace, made.tokens, parameters),
        lambda: scipy_counts(ids, weights, size),
        require_equal,
        lambda: output.remove(""),
    )


def scipy_counts(ids: np.ndarray, weights: WindowWeights, size: int) -> sp.csr_matrix:
    """The pairs of each distance as coordinates, summed on the way to CSR; the matrices added, then the transpose."""
    words, documents = ids[ids >= 0], np.cumsum(ids < 0)[ids >= 0]
    right = sp.csr_matrix((size, size), dtype=np.int64)
    for distance, weight in enumerate(weights.values, start=1):
        together = documents[:-distance] == documents[distance:]
        pairs = words[:-distance][together], words[distance:][together]
        right += sp.coo_matrix((np.full(pairs[0].size, weight, np.int64), pairs), (size, size)).tocsr()
    return (right + right.T).tocsr()


def in_memory(output: Output) -> sp.csr_matrix:
    """All row blocks of an output as one matrix."""
    blocks = [read_csr(output, name) for name in output.manifests("rows")]
    rows = [sp.csr_matrix((block.data, block.indices, block.indptr), (block.rows, block.columns)) for block in blocks]
    return sp.vstack(rows, format="csr")


def require_equal(ours: Output, peer: sp.csr_matrix) -> str:
    """Every count, to the integer."""
    found = in_memory(ours)
    peer.sort_indices()
    for array in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(found, array), getattr(peer, array))
    return f"{found.nnz:,} counts equal"
