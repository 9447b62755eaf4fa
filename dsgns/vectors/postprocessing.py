"""What may be done to vectors once they are there: each an affine map, fitted and applied a block of rows at a time.

``centre``
    The mean is taken away.
``all-but-the-top``
    So is what lies along the first principal directions, d / 100 of them: they tell words apart by frequency more than
    by meaning (Mu & Viswanath 2018, "All-but-the-Top", algorithm 1; projected after centring).
``zipfian-whitening``
    Mean and covariance are those of a text's running words, not of the list of its words, and brought to zero and one
    (Yokoi, Bao, Kurita & Shimodaira 2024, "Zipfian Whitening", algorithm 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dsgns.errors import ParameterError
from dsgns.kinds import converted, one_of, require
from dsgns.svd.blas import single_thread

POSTPROCESSING = ("none", "centre", "all-but-the-top", "zipfian-whitening")

Blocks = Callable[[], Iterator[tuple[int, np.ndarray]]]
"""First row and vectors, shape (n, d), of each block of rows in order; asked for again for each pass."""

# Directions with less of the variance than this are rounding, and whitening them would blow it up.
_LEAST = 1e-10


@dataclass(frozen=True)
class Affine:
    """``(rows - mean) @ matrix``.

    Parameters
    ----------
    mean : shape (d,), float64
    matrix : shape (d, d), float64
    """

    mean: np.ndarray
    matrix: np.ndarray

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """The map of some rows, shape (n, d), float32."""
        with single_thread():
            return np.asarray((rows - self.mean) @ self.matrix, dtype=np.float32)


def check(name: str, components: int | None) -> None:
    """Refuse what is no post-processing.

    Raises
    ------
    ParameterError
        Naming the option.
    """
    one_of("post", name, POSTPROCESSING)
    if components is not None:
        require(name == "all-but-the-top", "components", components, f"left out with post={name!r}")
        require(converted("components", components, int) >= 1, "components", components, "at least 1")


def fit(name: str, blocks: Blocks, counts: np.ndarray | None, components: int | None = None) -> Affine:
    """The map that a post-processing is for some vectors.

    Parameters
    ----------
    name
        One of :data:`POSTPROCESSING`.
    blocks
        The vectors. What is summed is summed in float64, block by block in order: the same bits every time.
    counts : shape (V,), integers
        How often each word occurs; Zipfian whitening takes them.
    components
        How many principal directions ``all-but-the-top`` takes away; d / 100, at least 1, unless given.

    Raises
    ------
    ParameterError
        If there is no such post-processing, it lacks the counts, or no direction would be left.
    """
    check(name, components)
    if name == "zipfian-whitening" and counts is None:
        raise ParameterError("zipfian-whitening takes the words' frequencies, and these vectors came without counts.")
    weights = counts if name == "zipfian-whitening" else None
    with single_thread():
        mean = _mean(blocks, weights)
        if name in ("none", "centre"):
            return Affine(mean * (name == "centre"), np.eye(len(mean)))
        variances, directions = np.linalg.eigh(_covariance(blocks, weights, mean))
    if name == "all-but-the-top":
        taken = components or max(1, round(len(mean) / 100))
        require(taken < len(mean), "components", taken, f"below the vectors' size, {len(mean)}: else nothing is left")
        top = directions[:, ::-1][:, :taken]
        return Affine(mean, np.eye(len(mean)) - top @ top.T)
    variances, directions = variances[::-1], _with_signs(directions[:, ::-1])
    kept = variances > _LEAST * max(variances[0], np.finfo(np.float64).tiny)
    return Affine(mean, directions * np.where(kept, 1 / np.sqrt(np.where(kept, variances, 1.0)), 0.0))


def _mean(blocks: Blocks, weights: np.ndarray | None) -> np.ndarray:
    total, weight = np.zeros(1), 0.0
    for start, rows in blocks():
        shares = _shares(weights, start, len(rows))
        total, weight = total + shares @ rows.astype(np.float64), weight + float(shares.sum())
    return total / max(weight, 1.0)


def _covariance(blocks: Blocks, weights: np.ndarray | None, mean: np.ndarray) -> np.ndarray:
    total, weight = np.zeros(1), 0.0
    for start, rows in blocks():
        shares = _shares(weights, start, len(rows))
        centred = rows - mean
        total, weight = total + (centred.T * shares) @ centred, weight + float(shares.sum())
    return total / max(weight, 1.0)


def _shares(weights: np.ndarray | None, start: int, rows: int) -> np.ndarray:
    """What each row counts for, shape (rows,), float64."""
    return np.ones(rows) if weights is None else weights[start : start + rows].astype(np.float64)


def _with_signs(directions: np.ndarray) -> np.ndarray:
    """Each column turned so that its largest number is positive: LAPACK leaves that to chance."""
    largest = directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])]
    return directions * np.where(largest < 0, -1.0, 1.0)
