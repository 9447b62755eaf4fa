"""Row sums of CSR rows, and their cells weighted."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.pmi.lanes import COMPRESSES, WIDTH, all_below, keep_positive8, root8, sum_eights

TABLE_SIZE = 1 << 16


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


@cache
def log_table() -> np.ndarray:
    """The natural logarithms of 0 (as 0), 1, 2, ..., shape (TABLE_SIZE,), float64; a process makes them once.

    Nearly all counts are small: looking them up is seven times as fast as computing them.
    """
    return np.log(np.maximum(np.arange(TABLE_SIZE), 1))


@kernel(inline="always")
def log_count(count: np.unsignedinteger, logs: np.ndarray) -> float:
    """The natural logarithm of a count above 0."""
    if count < np.uint64(len(logs)):
        return logs[count]
    return np.log(np.float64(count))


@kernel(cache=not PLAIN)
def sum_rows(rows: Rows, keep: np.ndarray, out: np.ndarray) -> None:
    """Write the sum of each row's data, weighted with ``keep`` of their columns, float64, to ``out``.

    Eight sums, each of every eighth cell, are added up first, then the cells that are left: a row's sum depends on
    nothing but the row.
    """
    for row in range(len(rows.indptr) - 1):
        start, stop = rows.indptr[row], rows.indptr[row + 1]
        left = stop - (stop - start) % WIDTH
        total = sum_eights(rows.data, rows.indices, keep, start, left)
        for cell in range(left, stop):
            total += np.float64(rows.data[cell]) * keep[np.uint32(rows.indices[cell])]
        out[row] = total


@kernel(cache=not PLAIN)
def root_cells(rows: Rows, row: np.ndarray, column: np.ndarray, out: np.ndarray) -> None:
    """Write ``sqrt(data) * row[i] * column[j]`` of every cell to ``out``, shape (nonzeros,), float32.

    ``out`` may lie where ``rows.data`` does: no cell is written before it is read.

    Parameters
    ----------
    row
        float64, one for each row of the block.
    column : shape (V,), float64
    """
    for i in range(len(rows.indptr) - 1):
        start, stop = rows.indptr[i], rows.indptr[i + 1]
        left = stop - (stop - start) % WIDTH
        for cell in range(start, left, WIDTH):
            root8(rows.data, rows.indices, column, out, row[i], cell)
        for cell in range(left, stop):
            factor = row[i] * column[np.uint32(rows.indices[cell])]
            out[cell] = np.sqrt(np.float64(rows.data[cell])) * factor


@kernel
def keep_each(rows: Rows, folded: Folded, row: int, cells: tuple[int, int], positive: Rows, kept: int) -> int:
    """Keep those that are positive of the cells of a row from the first to the last of ``cells``, one by one."""
    for cell in range(cells[0], cells[1]):
        column = rows.indices[cell]
        value = log_count(rows.data[cell], folded.logs) - folded.row[row] - folded.column[np.uint32(column)]
        positive.data[kept] = value
        positive.indices[kept] = column
        kept += int(np.float32(value) > np.float32(0.0))
    return kept


@kernel
def keep_row(rows: Rows, folded: Folded, row: int, positive: Rows, kept: int) -> int:
    """Keep the positive cells of a row, one by one; how many are kept with those of the rows before."""
    return keep_each(rows, folded, row, (rows.indptr[row], rows.indptr[row + 1]), positive, kept)


@kernel
def keep_row_by_eights(rows: Rows, folded: Folded, row: int, positive: Rows, kept: int) -> int:
    """The same in steps of eight cells, but for those whose counts are not all in the table."""
    at, stop = rows.indptr[row], rows.indptr[row + 1]
    sources = rows.data, rows.indices, folded.logs, folded.column
    while at + WIDTH <= stop:
        if all_below(rows.data, at, len(folded.logs)):
            kept = keep_positive8(*sources, positive.data, positive.indices, folded.row[row], at, kept)
        else:
            kept = keep_each(rows, folded, row, (at, at + WIDTH), positive, kept)
        at += WIDTH
    return keep_each(rows, folded, row, (at, stop), positive, kept)


keep_positive = keep_row_by_eights if COMPRESSES else keep_row


@kernel(cache=not PLAIN)
def positive_cells(rows: Rows, folded: Folded, positive: Rows) -> int:
    """Keep the cells with M > 0: their values, float32, columns and row boundaries go to ``positive``.

    Its values and columns may lie where those of ``rows`` do, from the same byte on: no cell is written before it and
    all before it are read.

    Returns
    -------
    int
        How many there are; ``positive`` has room for all.
    """
    kept = np.int64(0)
    positive.indptr[0] = 0
    for row in range(len(rows.indptr) - 1):
        kept = keep_positive(rows, folded, row, positive, kept)
        positive.indptr[row + 1] = kept
    return int(kept)
