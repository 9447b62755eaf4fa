"""Correlation of two lists of numbers, and of their ranks."""

from __future__ import annotations

import numpy as np


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal values sharing the mean of theirs, shape (n,), float64.

    Examples
    --------
    >>> average_ranks(np.array([10, 30, 20, 20])).tolist()
    [1.0, 4.0, 2.5, 2.5]
    """
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return (last - (sizes - 1) / 2)[group]


def pearson(x: np.ndarray, y: np.ndarray) -> float:
    """The correlation of two lists, shape (n,); NaN when one of them is constant or n < 2."""
    if len(x) < 2:
        return float("nan")
    x, y = np.asarray(x, np.float64) - np.mean(x), np.asarray(y, np.float64) - np.mean(y)
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else float("nan")


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """The correlation of the ranks of two lists, shape (n,).

    Examples
    --------
    >>> spearman(np.array([1, 2, 3]), np.array([1, 4, 9]))
    1.0
    """
    return pearson(average_ranks(x), average_ranks(y))
