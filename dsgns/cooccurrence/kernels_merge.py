"""Merging: the streams of one row block, from every run, decoded straight into an accumulator.

Decoding is fused with adding, so K sorted streams need neither heap nor sort. Streams are read through
windows of a fixed size: whenever one runs dry the merge stops, says which, and goes on once it is refilled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.accumulator import LINE, Accumulator, add_flagged, flagged_lines
from dsgns.cooccurrence.cells import Cells, drain_lines
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


@kernel(cache=not PLAIN)
def merge_rows(
    windows: Windows, columns: int, accumulator: Accumulator, cells: Cells, row: int, stream: int, filled: int
) -> tuple[int, int, int, int]:
    """Merge rows from ``row`` on, whose streams before ``stream`` are decoded already.

    Changes ``windows``, ``accumulator`` (which holds the unfinished row) and ``cells`` from ``filled`` on.

    Returns
    -------
    reason, row, stream, filled
        Why it stopped, where to go on, and how many cells there are.
    """
    while row < len(cells.row_nonzeros):
        if filled + columns + LINE > len(cells.indices):
            return FULL, row, stream, filled
        while stream < len(windows.at):
            reason = _decode_row(windows, stream, columns, accumulator)
            if reason != DONE:
                return reason, row, stream, filled
            stream += 1
        before = filled
        filled = drain_lines(accumulator, flagged_lines(accumulator), cells, filled)
        cells.row_nonzeros[row] = filled - before
        row, stream = row + 1, 0
    return DONE, row, stream, filled


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
