"""Rows of packed cells times a dense matrix."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.svd.kernels.plain_tiles import HALVES
from dsgns.svd.kernels.tiles import LANES, PLAIN, halve, row_product


@kernel(cache=not PLAIN)
def multiply_rows(
    pointers: np.ndarray,
    cells: np.ndarray,
    tile: np.ndarray,
    scale: float,
    out: np.ndarray,
    column: int,
    vectors: tuple[int, ...],
) -> None:
    """Products of rows with one tile, written from column ``column`` on of ``out``.

    Each number is a sum in the order of the row's cells, every step rounded once: it does not depend on which
    rows or columns are worked on together.

    Parameters
    ----------
    pointers : shape (rows + 1,), int64
        Where each row begins in ``cells``.
    cells : uint32
        A gap in the low and a value in the high 16 bits; see :mod:`dsgns.svd.kernels.pack`.
    tile : shape (columns, width), uint16, C order
        Bits of half-precision numbers.
    scale : float32
        Factor of every product.
    out : shape (rows, any), float32, C order
        Changed in place.
    column : int64
        Where in ``out`` the tile's columns begin.
    vectors : tuple
        As long as there are vectors of ``LANES`` floats in a row of the tile, at most ``WIDEST_TILE // LANES``;
        compiled once for each length.
    """
    sums = out.ravel()
    for row in range(len(pointers) - 1):
        row_product(cells, pointers[row], pointers[row + 1], tile, scale, sums, row * out.shape[1] + column, vectors)


@kernel(cache=not PLAIN)
def halve_rows(values: np.ndarray, scale: float, column: int, out: np.ndarray) -> None:
    """Round columns of a matrix, times ``scale``, to half precision.

    Parameters
    ----------
    values : shape (rows, any), float32, C order
    scale : float32
        A power of two.
    column : int64
        The first of the columns.
    out : shape (rows, width), uint16, C order
        Changed in place; the width is a multiple of ``LANES``.
    """
    flat, bits = values.ravel(), out.ravel()
    for row in range(len(out)):
        for k in range(0, out.shape[1], LANES):
            halve(flat, row * values.shape[1] + column + k, scale, bits, row * out.shape[1] + k)


@kernel
def sketch_rows(
    pointers: np.ndarray, cells: np.ndarray, buckets: np.ndarray, weights: np.ndarray, out: np.ndarray
) -> None:
    """Products of rows with a matrix that has one non-zero in each row.

    Parameters
    ----------
    pointers, cells
        As for :func:`multiply_rows`.
    buckets : shape (columns,), int32
        Where the non-zero of each row of the other matrix is.
    weights : shape (columns,), float32
        What it is.
    out : shape (rows, any), float32
        Changed in place.
    """
    out[:] = 0
    for row in range(len(pointers) - 1):
        column = 0
        for t in range(pointers[row], pointers[row + 1]):
            column += cells[t] & 0xFFFF
            out[row, buckets[column]] += weights[column] * HALVES[cells[t] >> 16]
