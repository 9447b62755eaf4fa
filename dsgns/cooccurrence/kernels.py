"""Counting: one row at a time, from an inverted index into a sparse accumulator.

Against sorting keys, hashing, a dense head and scipy this was 3 to 13 times faster. Counting one side only,
then adding the transpose, was slower than counting both sides.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.accumulator import LINE, Accumulator, add_flagged, every_line, flagged_lines, list_columns
from dsgns.cooccurrence.cells import Cells, drain_lines
from dsgns.cooccurrence.kernels_index import AHEAD, Occurrences
from dsgns.cooccurrence.varint import LONGEST, put_gap, put_varint
from dsgns.intrinsics import PLAIN, prefetch

CELL_BYTES = 4 + LONGEST
"""Most bytes of a cell in a stream: its gap from the column before, and its value."""

_DENSE = 64  # a row with more occurrences than columns / 64 touches most lines: flags cost more than a scan
_SLOTS_OF_A_LINE = 16  # int32 in 64 bytes


@kernel
def row_bytes(cells: int) -> int:
    """Room that a row of so many cells can need in a stream."""
    return cells * CELL_BYTES + 1


@kernel(inline="always")
def _most_cells(occurrences: Occurrences, row: int, window: int) -> int:
    """Cells that a row can have."""
    starts = occurrences.starts
    return min(len(starts) - 1, 2 * window * (starts[row + 1] - starts[row]))


@kernel(cache=not PLAIN)
def count_cells(
    occurrences: Occurrences, row: int, first: int, weights: tuple, accumulator: Accumulator, cells: Cells, filled: int
) -> tuple[int, int]:
    """Count rows from ``row`` on into ``cells``, whose first row is ``first``, as far as there is room.

    Parameters
    ----------
    occurrences
        At least ``window`` slots before the first and after the last position.
    weights
        One scalar for each distance, of the accumulator's dtype; sums may not exceed it.
    accumulator
        Zero before and after.
    cells
        Changed from ``filled`` on.

    Returns
    -------
    row, filled
        The first row not done, and how many cells there are.
    """
    while row < first + len(cells.row_nonzeros):
        if filled + _most_cells(occurrences, row, len(weights)) + LINE > len(cells.indices):
            break
        before = filled
        filled = drain_lines(accumulator, _count_row(occurrences, row, weights, accumulator), cells, filled)
        cells.row_nonzeros[row - first] = filled - before
        row += 1
    return row, filled


@kernel(cache=not PLAIN)
def count_rows(
    occurrences: Occurrences, first: int, last: int, weights: tuple, accumulator: Accumulator, stream: np.ndarray
) -> tuple[int, int, int, np.uint64]:
    """Count the rows of words ``first`` to ``last`` and encode them, as far as ``stream`` has room.

    Parameters
    ----------
    occurrences, weights, accumulator
        As for :func:`count_cells`.
    stream : uint8
        At least ``row_bytes(words)`` long; overwritten from its start.

    Returns
    -------
    next, used, nonzeros, total
        The first row not done, bytes written, cells written, and their sum modulo 2^64.
    """
    used, nonzeros, total = 0, 0, np.uint64(0)
    for row in range(first, last):
        if used + row_bytes(_most_cells(occurrences, row, len(weights))) > len(stream):
            return row, used, nonzeros, total
        lines = _count_row(occurrences, row, weights, accumulator)
        used, cells, row_total = encode_row(accumulator, lines, stream, used)
        nonzeros += cells
        total += row_total
    return last, used, nonzeros, total


@kernel(cache=not PLAIN)
def _count_row(occurrences: Occurrences, row: int, weights: tuple, accumulator: Accumulator) -> int:
    """Add up a row, and list the lines it touches; how many there are."""
    starts, sums = occurrences.starts, accumulator.sums
    words = len(starts) - 1
    if starts[row + 1] - starts[row] > words // _DENSE:
        _add_windows(occurrences, row, weights, sums)
        lines = every_line(accumulator, words)
    else:
        _add_windows_flagged(occurrences, row, weights, accumulator)
        lines = flagged_lines(accumulator)
    sums[words] = 0
    return lines


@kernel(inline="always")
def _fetch_window(occurrences: Occurrences, index: int, window: int) -> None:
    """Ask for every cache line of a coming window."""
    slot = np.int64(occurrences.positions[index + AHEAD])
    for offset in range(-window, window, _SLOTS_OF_A_LINE):
        prefetch(occurrences.slots, slot + offset)
    prefetch(occurrences.slots, slot + window)


@kernel(cache=not PLAIN)
def _add_windows(occurrences: Occurrences, row: int, weights: tuple, sums: np.ndarray) -> None:
    """Add the windows around every occurrence of a frequent word to ``sums``."""
    slots = occurrences.slots
    for index in range(occurrences.starts[row], occurrences.starts[row + 1]):
        _fetch_window(occurrences, index, len(weights))
        slot = np.uint64(occurrences.positions[index])
        for step in range(len(weights)):
            distance = np.uint64(step + 1)
            # Unsigned indices spare numba's test for negative ones.
            sums[np.uint32(slots[slot - distance])] += weights[step]
            sums[np.uint32(slots[slot + distance])] += weights[step]


@kernel(cache=not PLAIN)
def _add_windows_flagged(occurrences: Occurrences, row: int, weights: tuple, accumulator: Accumulator) -> None:
    """Add the windows around every occurrence of a word, and flag the lines and pages they touch."""
    slots = occurrences.slots
    for index in range(occurrences.starts[row], occurrences.starts[row + 1]):
        _fetch_window(occurrences, index, len(weights))
        slot = np.uint64(occurrences.positions[index])
        for step in range(len(weights)):
            distance = np.uint64(step + 1)
            add_flagged(accumulator, np.uint32(slots[slot - distance]), weights[step])
            add_flagged(accumulator, np.uint32(slots[slot + distance]), weights[step])


@kernel(cache=not PLAIN)
def encode_row(accumulator: Accumulator, lines: int, stream: np.ndarray, used: int) -> tuple[int, int, np.uint64]:
    """Encode the first ``lines`` touched lines as one row, zeroing them; the stream's new end, cells, their sum.

    A row is a (gap, value) pair of varints for each cell, then a zero byte. The gap from the column before,
    the first one's from -1, is never zero; so the byte cannot be mistaken and rows need no table of offsets.
    """
    sums, columns = accumulator.sums, accumulator.columns
    cells = list_columns(accumulator, lines, columns, 0)
    before, total = np.int64(-1), np.uint64(0)
    for cell in range(cells):
        column = np.int64(columns[cell])
        value = np.uint64(sums[np.uint32(column)])
        sums[np.uint32(column)] = 0
        used = put_gap(stream, used, column - before)
        used = put_varint(stream, used, value)
        before = column
        total += value
    stream[used] = 0
    return used + 1, cells, total
