"""Gram matrices and combinations of iterates, a slab of rows at a time.

A slab's bounds depend on the row numbers alone, so the bits of what comes out do not depend on how the iterates
are cut into files, or on who computes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from dsgns.svd.blas import single_thread
from dsgns.svd.iterate import SLAB_ROWS, Iterate


def slabs(parts: Sequence[Iterate], start: int, stop: int, dtype: type) -> Iterator[np.ndarray]:
    """The rows of iterates side by side, shape (up to SLAB_ROWS, sum of widths); each overwrites the one before."""
    ends = np.cumsum([0, *(part.width for part in parts)])
    buffer = np.empty((min(SLAB_ROWS, stop - start), ends[-1]), dtype)
    for first in range(start, stop, SLAB_ROWS):
        slab = buffer[: min(SLAB_ROWS, stop - first)]
        for part, (left, right) in zip(parts, pairwise(ends), strict=True):
            slab[:, left:right] = part.read(first, first + len(slab))
        yield slab


def gram(parts: Sequence[Iterate], start: int, stop: int, *, exact: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """X^T X, shape (n, n), and the column sums, shape (n,), of rows of iterates side by side; float64.

    Unless it is to be ``exact``, the products within a slab are float32, which takes half the time: enough for columns
    that are about to be rounded to half precision.
    """
    width = sum(part.width for part in parts)
    products, sums = np.zeros((width, width)), np.zeros(width)
    with single_thread():
        for slab in slabs(parts, start, stop, np.float64 if exact else np.float32):
            products += slab.T @ slab
            sums += slab.sum(axis=0)
    return products, sums


def combine(parts: Sequence[Iterate], coefficients: np.ndarray, start: int, stop: int) -> Iterator[np.ndarray]:
    """Rows of iterates side by side times ``coefficients``, shape (n, m); slabs of shape (rows, m), float32."""
    factors = np.ascontiguousarray(coefficients, dtype=np.float32)
    with single_thread():
        for slab in slabs(parts, start, stop, np.float32):
            yield slab @ factors
