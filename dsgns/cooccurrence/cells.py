"""The cells of finished rows: what an accumulator is drained into."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from dsgns.compile import kernel
from dsgns.cooccurrence.accumulator import LINE, Accumulator, list_columns
from dsgns.cooccurrence.lanes import COMPRESSES
from dsgns.cooccurrence.vector_lanes import drain16
from dsgns.intrinsics import PLAIN


class Cells(NamedTuple):
    """Cells of consecutive rows, as far as they are filled."""

    indices: np.ndarray
    """Columns, int32; room for one row and ``LINE`` at least beyond what is filled."""
    data: np.ndarray
    """Sums, of the accumulator's dtype; as long."""
    row_nonzeros: np.ndarray
    """shape (rows,), int64: cells of each row."""


def new_cells(rows: int, room: int, dtype: type[np.uint32] | type[np.uint64]) -> Cells:
    """Room for so many cells, and no row filled."""
    return Cells(np.empty(room, np.int32), np.empty(room, dtype), np.zeros(rows, np.int64))


def grown(cells: Cells, filled: int, needed: int) -> Cells:
    """The same cells with room for ``needed`` more, and for as many again as there are already."""
    room = 2 * filled + needed
    larger = new_cells(0, room, cells.data.dtype.type)._replace(row_nonzeros=cells.row_nonzeros)
    larger.indices[:filled] = cells.indices[:filled]
    larger.data[:filled] = cells.data[:filled]
    return larger


def drain_lines(accumulator: Accumulator, lines: int, cells: Cells, filled: int) -> int:
    """Move the first ``lines`` touched lines to ``cells`` in column order, zeroing them; the new end.

    For kernels. Overwrites up to ``LINE`` elements beyond it.
    """
    raise TypeError("drain_lines is for kernels only")


@overload(drain_lines, strict=False)
def _drain_lines(accumulator: Any, lines: Any, cells: Any, filled: Any) -> Any:
    sums = accumulator.types[accumulator.fields.index("sums")]
    chosen = _drain_vectors if COMPRESSES and sums.dtype == types.uint32 else _drain_columns
    return lambda accumulator, lines, cells, filled: chosen(accumulator, lines, cells, filled)


@kernel
def _drain_vectors(accumulator: Accumulator, lines: int, cells: Cells, filled: int) -> int:
    for index in range(lines):
        start = np.int64(accumulator.touched[index]) * LINE
        filled += drain16(accumulator.sums, start, cells.indices, cells.data, filled)
    return filled


@kernel(cache=not PLAIN)
def _drain_columns(accumulator: Accumulator, lines: int, cells: Cells, filled: int) -> int:
    stop = list_columns(accumulator, lines, cells.indices, filled)
    for cell in range(filled, stop):
        column = np.uint32(cells.indices[cell])
        cells.data[cell] = accumulator.sums[column]
        accumulator.sums[column] = 0
    return stop
