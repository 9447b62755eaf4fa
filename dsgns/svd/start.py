"""The random matrix that the iteration starts from: one non-zero in each row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Start(NamedTuple):
    """A matrix of shape (V, l) with orthonormal columns and one non-zero in each row (Clarkson & Woodruff 2013).

    A product with it costs an addition for each non-zero of the other matrix, l times less than one with Gaussian
    numbers, and the subspace it finds is as good.

    Parameters
    ----------
    buckets : shape (V,), int32
        The column of each row's non-zero.
    weights : shape (V,), float32
        Its value.
    """

    buckets: np.ndarray
    weights: np.ndarray


def random_start(rows: int, columns: int, seed: int) -> Start:
    """The start that ``seed`` gives; each number depends on the seed and its row alone.

    The rows are dealt to the columns in a random order, so that no column stays empty when there are at least as
    many rows; columns beyond that are zero.

    Examples
    --------
    >>> sorted(random_start(5, 2, seed=1).buckets.tolist())
    [0, 0, 0, 1, 1]
    """
    bits = _mix(np.arange(rows, dtype=np.uint64) * _GOLDEN + _mix(np.array([seed], np.uint64) + _GOLDEN))
    order = np.empty(rows, np.int64)
    order[np.argsort(bits, kind="stable")] = np.arange(rows)
    buckets = order % min(rows, columns)
    sizes = np.bincount(buckets)
    # The low bits: the order comes from the high ones.
    signs = 1.0 - 2.0 * (bits & np.uint64(1)).astype(np.float64)
    return Start(buckets.astype(np.int32), (signs / np.sqrt(sizes[buckets])).astype(np.float32))


def _mix(x: np.ndarray) -> np.ndarray:
    """64 random bits from each 64 that are not (SplitMix64; Steele, Lea & Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))
