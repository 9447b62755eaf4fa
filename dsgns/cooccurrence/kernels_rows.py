"""Rows that are there already, in any order and with other columns, to the streams that a merge reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.accumulator import Accumulator, add_flagged, flagged_lines
from dsgns.cooccurrence.kernels import encode_row, row_bytes
from dsgns.intrinsics import PLAIN


class MappedRows(NamedTuple):
    """Sparse rows, and which row and column of the result each one is."""

    place: np.ndarray
    """int64, shape (rows of the result,): which row here is that row of the result; -1 where none is."""
    indptr: np.ndarray
    """int64: cells ``indptr[r]`` to ``indptr[r + 1]`` are row r's."""
    indices: np.ndarray
    """int32, shape (cells,): columns, in any order; those that are named twice are added up."""
    data: np.ndarray
    """uint64, shape (cells,): values modulo 2^64, so that what is to be subtracted is added as well."""
    columns: np.ndarray
    """int32: which column of the result each column is."""


@kernel(cache=not PLAIN)
def encode_rows(
    rows: MappedRows, first: int, last: int, accumulator: Accumulator, stream: np.ndarray
) -> tuple[int, int, int, np.uint64]:
    """Encode the rows ``first`` to ``last`` of the result, as far as ``stream`` has room.

    Parameters
    ----------
    accumulator
        uint64, as wide as the result; zero before and after.
    stream : uint8
        At least ``row_bytes(columns of the result)`` long; overwritten from its start.

    Returns
    -------
    next, used, nonzeros, total
        The first row not done, bytes written, cells written, and their sum modulo 2^64.
    """
    width = len(rows.place)
    used, nonzeros, total = 0, 0, np.uint64(0)
    for row in range(first, last):
        place = rows.place[row]
        start, stop = (rows.indptr[place], rows.indptr[place + 1]) if place >= 0 else (0, 0)
        if used + row_bytes(min(stop - start, width)) > len(stream):
            return row, used, nonzeros, total
        for cell in range(start, stop):
            add_flagged(accumulator, np.uint32(rows.columns[rows.indices[cell]]), rows.data[cell])
        used, cells, row_total = encode_row(accumulator, flagged_lines(accumulator), stream, used)
        nonzeros += cells
        total += row_total
    return last, used, nonzeros, total
