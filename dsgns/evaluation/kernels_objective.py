"""Sums over the observed pairs of words, weighted by how often each pair occurs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel

# What is summed over pairs with weight n, target x = PMI - log k and score y.
N, NX, NY, NXX, NXY, NYY, POSITIVE, NOISE, MASS = range(9)
SUMS = 9

# The explicit matrices, in the order of their sums.
PMI, SPPMI, CONTEXT_SPPMI = range(3)


class Rows(NamedTuple):
    """Consecutive rows of counts: data (nonzeros,) unsigned, indices (nonzeros,) int32, indptr (rows + 1,) int64."""

    data: np.ndarray
    indices: np.ndarray
    indptr: np.ndarray


class Weights(NamedTuple):
    """From a count to its weight n and its PMI - log k, float64.

    ``n = data * row_factor * keep`` and ``x = log(data) + row_offset + column_offset``; a cell's noise has the
    weight ``row_noise * noise``. The first, second and fourth have shape (rows,), the others shape (V,).
    """

    row_factor: np.ndarray
    row_offset: np.ndarray
    keep: np.ndarray
    row_noise: np.ndarray
    column_offset: np.ndarray
    noise: np.ndarray


@kernel(inline="always")
def _log_sigmoid(x: float) -> float:
    return min(x, 0.0) - np.log1p(np.exp(-abs(x)))


@kernel(inline="always")
def _add(sums: np.ndarray, n: float, x: float, y: float) -> None:
    """One pair more in the sums, shape (SUMS,), float64."""
    sums[N] += n
    sums[NX] += n * x
    sums[NY] += n * y
    sums[NXX] += n * x * x
    sums[NXY] += n * x * y
    sums[NYY] += n * y * y
    sums[POSITIVE] += n * _log_sigmoid(y)


@kernel
def add_explicit(
    rows: Rows, weights: Weights, folded_row: np.ndarray, folded_column: np.ndarray, sums: np.ndarray
) -> None:
    """Sums for PMI - log k, for its positive part, and for the SPPMI matrix over the contexts' own counts.

    Parameters
    ----------
    rows
        Of counts.
    weights
        Of the pairs.
    folded_row, folded_column : shape (rows,) and (V,), float64
        The last matrix is ``max(log(data) - folded_row - folded_column, 0)``.
    sums : shape (3, SUMS), float64
        Added to; here ``NOISE`` and ``MASS`` are over the observed pairs only.
    """
    for row in range(len(weights.row_factor)):
        for at in range(rows.indptr[row], rows.indptr[row + 1]):
            column = rows.indices[at]
            n = rows.data[at] * weights.row_factor[row] * weights.keep[column]
            log_count = np.log(float(rows.data[at]))
            x = log_count + weights.row_offset[row] + weights.column_offset[column]
            noise = weights.row_noise[row] * weights.noise[column]
            for matrix in range(3):
                y = x
                if matrix == SPPMI:
                    y = max(x, 0.0)
                elif matrix == CONTEXT_SPPMI:
                    y = max(log_count - folded_row[row] - folded_column[column], 0.0)
                _add(sums[matrix], n, x, y)
                sums[matrix, NOISE] += noise * _log_sigmoid(-y)
                sums[matrix, MASS] += noise


@kernel
def add_factored(
    rows: Rows,
    weights: Weights,
    words: np.ndarray,
    contexts: np.ndarray,
    first: int,
    cursor: np.ndarray,
    sums: np.ndarray,
) -> None:
    """Sums over the pairs whose context lies in one tile, the score being ``w . c``.

    Parameters
    ----------
    rows
        Of counts.
    weights
        Of the pairs.
    words : shape (rows, d), float32
    contexts : shape (m, d), float32
        Of columns ``first`` to ``first + m``.
    first
        The first column; tiles come in order.
    cursor : shape (rows,), int64
        Where each row goes on in ``rows.indices``; moved to the end of the tile.
    sums : shape (SUMS,), float64
        Added to; ``NOISE`` and ``MASS`` are left alone.
    """
    for row in range(len(cursor)):
        at = cursor[row]
        while at < rows.indptr[row + 1] and rows.indices[at] < first + len(contexts):
            column = rows.indices[at]
            n = rows.data[at] * weights.row_factor[row] * weights.keep[column]
            x = np.log(float(rows.data[at])) + weights.row_offset[row] + weights.column_offset[column]
            _add(sums, n, x, _inner(words[row], contexts[column - first]))
            at += 1
        cursor[row] = at


@kernel(fastmath=True)
def _inner(a: np.ndarray, b: np.ndarray) -> np.float32:
    """The inner product of two vectors, shape (d,), float32."""
    total = np.float32(0)
    for k in range(len(a)):
        total += a[k] * b[k]
    return total
