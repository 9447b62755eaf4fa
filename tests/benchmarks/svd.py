"""Factorising positive PMI from disk, beside scikit-learn's randomized SVD in memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from dsgns.parameters import CountsParameters, PMIParameters, SVDParameters
from dsgns.pmi.stage import write_ppmi
from dsgns.store import Output
from dsgns.svd.stage import factorize
from tests.benchmarks.contest import Contest
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk

TOKENS = 4_000_000
_MOST_ITERATIONS = 12


def contests(desk: Desk, vector_size: int = 100) -> Iterator[Contest]:
    """From counts on disk to vectors on disk, against a matrix that is in memory already."""
    from sklearn.utils.extmath import randomized_svd

    number = desk.within(TOKENS)
    made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
    pmi, parameters = PMIParameters(), SVDParameters(vector_size=vector_size)
    matrix = in_memory(write_ppmi(desk.engine, made.workspace, counts, pmi))

    def ours() -> Output:
        return factorize(desk.engine, made.workspace, counts, pmi, parameters)

    def peer(iterations: int) -> np.ndarray:
        return randomized_svd(matrix, vector_size, n_iter=iterations, random_state=1)[2].T

    def check(ours: Output, right: np.ndarray) -> str:
        return f"energy captured {energy(matrix, right_vectors(ours)):.5f}, peer {energy(matrix, right):.5f}"

    output = ours()
    reached = energy(matrix, right_vectors(output))
    iterations = most_iterations(lambda n: energy(matrix, peer(n)) <= reached)
    tokens = made.tokens.facts["tokens"]
    yield Contest(
        "svd",
        f"counts to vectors, d={vector_size}, V={matrix.shape[0]:,}, {matrix.nnz / 1e6:.3g}M cells",
        f"sklearn randomized_svd, n_iter={iterations}, in memory",
        tokens,
        ours,
        lambda: peer(iterations),
        check,
        lambda: output.remove(""),
    )


def most_iterations(holds: object) -> int:
    """The most iterations of the peer that still get it no further than we get; 0 if even none of them does."""
    for iterations in range(1, _MOST_ITERATIONS + 1):
        if not holds(iterations):
            return iterations - 1
    return _MOST_ITERATIONS


def right_vectors(output: Output) -> np.ndarray:
    """float32, shape (V, d)."""
    return np.concatenate([output.read(name, "rows")["rows"] for name in output.manifests("right")])


def energy(matrix: sp.csr_matrix, right: np.ndarray) -> float:
    """How much of the squares of a matrix lies in the span of orthonormal columns, as a share."""
    product = (matrix @ right).astype(np.float64)
    return float((product**2).sum() / (matrix.data.astype(np.float64) ** 2).sum())
