"""Merging: the streams of one row block, from every run, decoded straight into an accumulator.

Decoding is fused with adding, so K sorted streams need neither heap nor sort. Streams are read through
windows of a fixed size: whenever one runs dry the merge stops, says which, and goes on once it is refilled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.accumulator import SPARE, Accumulator, add_flagged, flagged_lines, list_columns
from dsgns.cooccurrence.varint import LONGEST, take_gap, take_varint
from dsgns.intrinsics import PLAIN

MARGIN = 2 * LONGEST
"""Bytes that one cell can take: with fewer than these left, a window is refilled first."""

DONE, FULL, DRY, DAMAGED = range(4)
"""Why a merge stopped: at the end, for want of room, of bytes, or at bytes that are no row."""


class Windows(NamedTuple):
    """The part of each stream that is in memory."""

    bytes: np.ndarray
    """shape (streams, size), uint8."""
    at: np.ndarray
    """Next byte to decode in each, int64."""
    stop: np.ndarray
    """End of the valid bytes in each, int64."""
    column: np.ndarray
    """Last column decoded in the current row of each, int64; -1 before the first."""


class Cells(NamedTuple):
    """Merged cells on their way out."""

    indices: np.ndarray
    """int32, room for one row and ``SPARE`` at least."""
    data: np.ndarray
    """uint64, as long."""
    row_nonzeros: np.ndarray
    """shape (rows,), int64, all zero to begin with: cells of each row."""


@kernel(cache=not PLAIN)
def merge_rows(
    windows: Windows, columns: int, accumulator: Accumulator, cells: Cells, row: int, stream: int, filled: int
) -> tuple[int, int, int, int]:
    """Merge rows from ``row`` on, whose streams before ``stream`` are decoded already.

    Changes ``windows``, ``accumulator`` (uint64, which holds the unfinished row) and ``cells`` from
    ``filled`` on.

    Returns
    -------
    reason, row, stream, filled
        Why it stopped, where to go on, and how many cells there are.
    """
    while row < len(cells.row_nonzeros):
        if filled + columns + SPARE > len(cells.indices):
            return FULL, row, stream, filled
        if len(windows.at) == 1:
            reason, filled = _take_row(windows, columns, cells, row, filled)
            if reason != DONE:
                return reason, row, 0, filled
            row += 1
            continue
        while stream < len(windows.at):
            reason = _decode_row(windows, stream, columns, accumulator)
            if reason != DONE:
                return reason, row, stream, filled
            stream += 1
        before = filled
        filled = _drain_row(accumulator, flagged_lines(accumulator), cells, filled)
        cells.row_nonzeros[row] = filled - before
        row, stream = row + 1, 0
    return DONE, row, stream, filled


@kernel(cache=not PLAIN)
def _take_row(windows: Windows, columns: int, cells: Cells, row: int, filled: int) -> tuple[int, int]:
    """Decode what is left of an only stream's current row: its cells are in order, so they are the row."""
    data = windows.bytes[0]
    at, column = windows.at[0], windows.column[0]
    last = windows.stop[0] - MARGIN
    reason, before = DRY, filled
    while at <= last:
        gap, at = take_gap(data, at)
        if gap == 0:
            column, reason = -1, DONE
            break
        column += gap
        if column >= columns:
            reason = DAMAGED
            break
        cells.data[filled], at = take_varint(data, at)
        cells.indices[filled] = column
        filled += 1
    cells.row_nonzeros[row] += filled - before
    windows.at[0], windows.column[0] = at, column
    return reason, filled


@kernel(cache=not PLAIN)
def _decode_row(windows: Windows, stream: int, columns: int, accumulator: Accumulator) -> int:
    """Add what is left of one stream's current row; why it stopped."""
    data = windows.bytes[stream]
    at, column = windows.at[stream], windows.column[stream]
    last = windows.stop[stream] - MARGIN
    reason = DRY
    while at <= last:
        gap, at = take_gap(data, at)
        if gap == 0:
            column, reason = -1, DONE
            break
        column += gap
        if column >= columns:
            reason = DAMAGED
            break
        value, at = take_varint(data, at)
        add_flagged(accumulator, np.uint32(column), value)
    windows.at[stream], windows.column[stream] = at, column
    return reason


@kernel(cache=not PLAIN)
def _drain_row(accumulator: Accumulator, lines: int, cells: Cells, filled: int) -> int:
    """Move the first ``lines`` touched lines to ``cells`` in column order, zeroing them; the new end."""
    stop = list_columns(accumulator, lines, cells.indices, filled)
    for cell in range(filled, stop):
        column = np.uint32(cells.indices[cell])
        cells.data[cell] = accumulator.sums[column]
        accumulator.sums[column] = 0
    return stop
