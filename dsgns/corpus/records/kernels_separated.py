"""A kernel that takes one column out of separated values, byte by byte.

The rules are those of RFC 4180, and of Python's ``csv`` where that says nothing: a quote counts at the beginning of a
field and until the one that closes it; two within it stand for one; what follows the closing one belongs to the field.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

_LINE_FEED, _VERTICAL_TAB, _RETURN, _QUOTE = np.uint8(10), np.uint8(11), np.uint8(13), np.uint8(34)

BEGINNING, PLAIN, QUOTED, CLOSED = range(4)
"""Within a row: at the beginning of a field; in one without quotes; between quotes; after the closing one."""

MODE, COLUMN, STARTED, RETURNED, LENGTH, SKIPPED, LINE, OPENED, STRAYED, KEPT, EMPTY, MISSING, MISQUOTED = range(13)
"""Places in the state: the mode; the column, from 0; whether the row holds anything; whether a carriage return may be
part of the row's end; bytes of the wanted field so far; rows yet to skip; lines passed; those before the last quote
that opened; the line of the row's first quote that closes amid a field, from 1, 0 where none does; rows with text,
without, without the column, and with text and such a quote."""

FIRST_MISSING, FIRST_MISQUOTED, STATES = range(13, 16)
"""The line of the first of the last two, from 1, 0 where there is none. And how many places there are."""


@kernel
def take_column(
    data: np.ndarray, size: int, delimiter: np.uint8, wanted: int, ends: int, state: np.ndarray, out: np.ndarray
) -> int:
    """The wanted field of each row, each a line.

    Line feeds within a field are written as vertical tabs; rows without the field, or with an empty one, give nothing.

    Parameters
    ----------
    data
        The next bytes, uint8; the first ``size`` of them count.
    wanted
        Which column, from 0.
    ends
        Line feeds to write after each field.
    state : shape (STATES,), int64
        Carried from one call to the next; zeros at first, but for rows to skip.
    out
        uint8, room for ``1 + ends`` times ``size + 1`` bytes; written.

    Returns
    -------
    int
        How many bytes were written.
    """
    mode, column, started, returned, length = state[MODE], state[COLUMN], state[STARTED], state[RETURNED], state[LENGTH]
    written = 0
    for at in range(size):
        byte = data[at]
        content = True
        if mode == QUOTED:
            if byte == _QUOTE:
                mode, content = CLOSED, False
            elif byte == _LINE_FEED:
                state[LINE] += 1
                byte = _VERTICAL_TAB
        elif byte == _LINE_FEED:
            state[LINE] += 1
            if started:
                written = _end_row(column, wanted, length, ends, state, out, written)
            mode, column, started, length, content = BEGINNING, 0, 0, 0, False
        elif byte == delimiter:
            mode, column, started, content = BEGINNING, column + 1, 1, False
        elif mode == BEGINNING and byte == _QUOTE:
            mode, started, content = QUOTED, 1, False
            state[OPENED] = state[LINE]
        elif mode == CLOSED and byte == _QUOTE:
            mode = QUOTED
        else:
            if mode == CLOSED and byte != _RETURN and state[STRAYED] == 0:
                state[STRAYED] = state[OPENED] + 1
            mode, content = PLAIN, byte != _RETURN
            started = started | content
        if content and column == wanted and state[SKIPPED] == 0:
            if returned:
                out[written] = _RETURN
            out[written + returned] = byte
            written, length = written + returned + 1, length + returned + 1
        returned = 1 if mode == PLAIN and byte == _RETURN else 0
    state[MODE], state[COLUMN], state[STARTED], state[RETURNED], state[LENGTH] = mode, column, started, returned, length
    return written


@kernel
def _end_row(column: int, wanted: int, length: int, ends: int, state: np.ndarray, out: np.ndarray, written: int) -> int:
    """Count a row that ends, and write the line feeds after its field; how many bytes are written then."""
    if state[SKIPPED]:
        state[SKIPPED] -= 1
    elif column < wanted:
        state[MISSING] += 1
        if state[FIRST_MISSING] == 0:
            state[FIRST_MISSING] = state[LINE]
    elif length == 0:
        state[EMPTY] += 1
    else:
        if state[STRAYED] and state[FIRST_MISQUOTED] == 0:
            state[FIRST_MISQUOTED] = state[STRAYED]
        state[MISQUOTED if state[STRAYED] else KEPT] += 1
        for _ in range(ends):
            out[written] = _LINE_FEED
            written += 1
    state[STRAYED] = 0
    return written
