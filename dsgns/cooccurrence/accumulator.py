"""One dense row of counts, and the flags that say which of its columns were touched.

The sparse accumulator of Gustavson's row-wise sparse product (1978): adding needs no key, sort or hash, and
reading the touched columns in order yields a sorted row without duplicates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.lanes import count_bits, nonzero16, nonzero64
from dsgns.intrinsics import PLAIN, lowest_bit

LINE = 16
"""Columns in a line; so shifting a column right by 4 gives its line, and by 10 its page of 64 lines."""

SPARE = 4
"""Elements that :func:`list_columns` may write too many."""

_PAGE_GROUP = 64 * 64 * LINE


class Accumulator(NamedTuple):
    """A row being added up; all zero between rows.

    Flags are bytes that are only ever stored: a bitmap would read, change and write one word, and all the
    frequent columns share the first.
    """

    sums: np.ndarray
    """shape (columns rounded up to 65536,), uint32 or uint64."""
    lines: np.ndarray
    """Flag for each 16 columns, uint8."""
    pages: np.ndarray
    """Flag for each 1024 columns, uint8."""
    touched: np.ndarray
    """Room to list the lines of one row in, int32."""
    columns: np.ndarray
    """Room to list the columns of one row in, int32."""


def new_accumulator(columns: int, dtype: type[np.uint32] | type[np.uint64]) -> Accumulator:
    """An accumulator for rows of ``columns`` columns, all zero."""
    width = accumulator_width(columns)
    return Accumulator(
        np.zeros(width, dtype),
        np.zeros(width // LINE, np.uint8),
        np.zeros(width // (64 * LINE), np.uint8),
        np.zeros(width // LINE, np.int32),
        np.zeros(width + SPARE, np.int32),
    )


def accumulator_width(columns: int) -> int:
    """Columns an accumulator really has: enough for whole groups of 64 pages."""
    return -(-columns // _PAGE_GROUP) * _PAGE_GROUP


@kernel(inline="always")
def add_flagged(accumulator: Accumulator, column: np.uint32, value: np.unsignedinteger) -> None:
    """Add to one column, and flag its line and page."""
    accumulator.sums[column] += value
    accumulator.lines[column >> np.uint32(4)] = 1
    accumulator.pages[column >> np.uint32(10)] = 1


@kernel(cache=not PLAIN)
def flagged_lines(accumulator: Accumulator) -> int:
    """List the flagged lines in ``touched``, in order, and clear their flags; how many there are."""
    lines, pages, touched = accumulator.lines, accumulator.pages, accumulator.touched
    found = 0
    for group in range(0, len(pages), 64):
        page_mask = nonzero64(pages, group)
        while page_mask != 0:
            page = group + lowest_bit(page_mask)
            page_mask &= page_mask - 1
            pages[page] = 0
            line_mask = nonzero64(lines, page * 64)
            while line_mask != 0:
                line = page * 64 + lowest_bit(line_mask)
                line_mask &= line_mask - 1
                lines[line] = 0
                touched[found] = line
                found += 1
    return found


@kernel
def every_line(accumulator: Accumulator, columns: int) -> int:
    """List all lines in ``touched``, for a row that was added up without flags; how many there are."""
    count = columns // LINE + 1
    for line in range(count):
        accumulator.touched[line] = line
    return count


@kernel(cache=not PLAIN)
def list_columns(accumulator: Accumulator, lines: int, columns: np.ndarray, at: int) -> int:
    """Write the columns of the first ``lines`` touched lines that are not zero to ``columns[at:]``; the new end.

    Overwrites up to ``SPARE`` elements beyond it: most lines hold one to four such columns, and writing four
    always costs less than guessing how many.
    """
    for index in range(lines):
        start = np.int64(accumulator.touched[index]) * LINE
        mask = nonzero16(accumulator.sums, start)
        stop = at + count_bits(mask)
        for step in range(SPARE):
            columns[at + step] = start + lowest_bit(mask)
            mask &= mask - 1
        at += SPARE
        while mask != 0:
            columns[at] = start + lowest_bit(mask)
            mask &= mask - 1
            at += 1
        at = stop
    return at
