"""Row sums of CSR rows, and their cells weighted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel

TABLE_SIZE = 1 << 14


class Rows(NamedTuple):
    """The cells of a CSR row block."""

    data: np.ndarray
    """shape (nonzeros,), uint32 or uint64."""
    indices: np.ndarray
    """shape (nonzeros,), int32."""
    indptr: np.ndarray
    """shape (rows + 1,), int64."""


class Folded(NamedTuple):
    """What turns the logarithm of a count into PMI: ``M = log(data) - row[i] - column[j]``."""

    row: np.ndarray
    """float64, one for each row of the block."""
    column: np.ndarray
    """shape (V,), float64."""
    logs: np.ndarray
    """Logarithms of the small integers, from :func:`log_table`."""


def log_table() -> np.ndarray:
    """The natural logarithms of 0 (as 0), 1, 2, ..., shape (TABLE_SIZE,), float64.

    Nearly all counts are small: looking them up is seven times as fast as computing them.
    """
    return np.log(np.maximum(np.arange(TABLE_SIZE), 1))


@kernel(inline="always")
def log_count(count: np.unsignedinteger, logs: np.ndarray) -> float:
    """The natural logarithm of a count above 0."""
    if count < np.uint64(len(logs)):
        return logs[count]
    return np.log(np.float64(count))


@kernel
def sum_rows(rows: Rows, keep: np.ndarray, out: np.ndarray) -> None:
    """Write the sum of each row's data, weighted with ``keep`` of their columns, float64, to ``out``.

    Cells are added one after the other, so a row's sum depends on nothing but the row.
    """
    for row in range(len(rows.indptr) - 1):
        total = 0.0
        for cell in range(rows.indptr[row], rows.indptr[row + 1]):
            total += np.float64(rows.data[cell]) * keep[np.uint32(rows.indices[cell])]
        out[row] = total


@kernel
def root_cells(rows: Rows, row: np.ndarray, column: np.ndarray, out: np.ndarray) -> None:
    """Write ``sqrt(data) * row[i] * column[j]`` of every cell to ``out``, shape (nonzeros,), float32.

    Parameters
    ----------
    row
        float64, one for each row of the block.
    column : shape (V,), float64
    """
    for i in range(len(rows.indptr) - 1):
        for cell in range(rows.indptr[i], rows.indptr[i + 1]):
            factor = row[i] * column[np.uint32(rows.indices[cell])]
            out[cell] = np.sqrt(np.float64(rows.data[cell])) * factor


@kernel
def positive_cells(rows: Rows, folded: Folded, positive: Rows) -> int:
    """Keep the cells with M > 0: their values, float32, columns and row boundaries go to ``positive``.

    Returns
    -------
    int
        How many there are; ``positive`` has room for all.
    """
    kept = np.int64(0)
    positive.indptr[0] = 0
    for row in range(len(rows.indptr) - 1):
        for cell in range(rows.indptr[row], rows.indptr[row + 1]):
            column = rows.indices[cell]
            value = log_count(rows.data[cell], folded.logs) - folded.row[row] - folded.column[np.uint32(column)]
            positive.data[kept] = value
            positive.indices[kept] = column
            kept += np.int64(np.float32(value) > np.float32(0.0))
        positive.indptr[row + 1] = kept
    return int(kept)
