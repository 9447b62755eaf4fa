"""Factorising positive PMI from disk, beside scikit-learn's randomized SVD in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import scipy.sparse as sp

from dsgns.parameters import CountsParameters, PMIParameters, SVDParameters
from dsgns.pmi.stage import write_ppmi
from dsgns.store import Output, Workspace
from dsgns.svd.stage import factorize
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk, one_worker
from tests.benchmarks.way import Trial, Way

CASES = ((20_000_000, 100), (4_000_000, 500))
"""Tokens and vector sizes; scikit-learn takes minutes for large ones."""

_MOST_ITERATIONS = 12


def contests(desk: Desk) -> Iterator[Contest]:
    """From counts on disk to vectors on disk, against a matrix that is in memory already."""
    for tokens, size in CASES:
        number, parameters = desk.tokens(tokens), SVDParameters(vector_size=size)
        made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
        cells = write_ppmi(one_worker(), made.workspace, counts, PMIParameters()).facts["nonzeros"]
        sklearn = Way(
            "sklearn", "sklearn randomized_svd, in memory", sklearn_trial, (made.workspace, counts, parameters)
        )
        yield Contest(
            "svd",
            f"counts to vectors, d={size}, V={counts.facts['vocabulary_size']:,}, {cells / 1e6:.3g}M cells",
            cells,
            Way("dsgns", "dsgns, disk to disk", stage, (made.workspace, counts, parameters)),
            [Rival(desk.peers.way(sklearn), lambda ours, theirs: theirs)],
            unit="cells",
        )


def stage(workspace: Workspace, counts: Output, parameters: SVDParameters) -> Trial:
    """Our stage."""
    engine = one_worker()

    def run() -> Output:
        return factorize(engine, workspace, counts, PMIParameters(), parameters)

    output = run()
    return Trial(run, lambda: output.remove(""))


def sklearn_trial(workspace: Workspace, counts: Output, parameters: SVDParameters) -> Trial:
    """As many iterations as leave it with no more energy than we have, or none."""
    from sklearn.utils.extmath import randomized_svd

    engine = one_worker()
    matrix = in_memory(write_ppmi(engine, workspace, counts, PMIParameters()))
    reached = energy(matrix, right_vectors(factorize(engine, workspace, counts, PMIParameters(), parameters)))

    def run(iterations: int) -> np.ndarray:
        return randomized_svd(matrix, parameters.vector_size, n_iter=iterations, random_state=1)[2].T

    captured = cache(lambda n: energy(matrix, run(n)))
    iterations = most_iterations(captured, reached)

    def found(right: np.ndarray) -> str:
        return f"energy captured {reached:.5f}, peer {energy(matrix, right):.5f} after {iterations} iterations"

    return Trial(lambda: run(iterations), found=found)


def most_iterations(captured: Callable[[int], float], reached: float) -> int:
    """The most iterations after which no more energy is captured than was reached; 0 if even one captures more.

    Examples
    --------
    >>> most_iterations(lambda n: n / 10, 0.35)
    3
    """
    return bisect_right(range(1, _MOST_ITERATIONS + 1), reached, key=captured)


def right_vectors(output: Output) -> np.ndarray:
    """float32, shape (V, d)."""
    return np.concatenate([output.read(name, "rows")["rows"] for name in output.manifests("right")])


def energy(matrix: sp.csr_matrix, right: np.ndarray) -> float:
    """How much of the squares of a matrix lies in the span of orthonormal columns, as a share."""
    product = (matrix @ right).astype(np.float64)
    return float((product**2).sum() / (matrix.data.astype(np.float64) ** 2).sum())
