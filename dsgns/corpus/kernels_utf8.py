"""Kernels that look at the bytes of text: which of them are no UTF-8, how many are NULs, where words end."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

INVALID, FIRST_INVALID, NULS, FIRST_NUL = 0, 1, 2, 3

_BLOCK = 64
_LINE_FEED = 10
_HIGH = np.uint64(0x8080808080808080)
_ONES = np.uint64(0x0101010101010101)


@kernel
def check_bytes(data: np.ndarray, size: int, found: np.ndarray) -> None:
    """Count the bytes that are no UTF-8, and the NULs.

    A character that breaks off counts with all the bytes it has, as Python's decoder counts them.

    Parameters
    ----------
    data
        uint8, as long as a multiple of eight or longer than ``size``; its first ``size`` bytes are looked at.
    found
        int64, shape (4,), overwritten: invalid bytes, position of the first one, NULs, position of the
        first one; -1 for a position where there is none.
    """
    found[INVALID], found[FIRST_INVALID], found[NULS], found[FIRST_NUL] = 0, -1, 0, -1
    words = data[: data.size & ~7].view(np.uint64)
    at = 0
    while at < size:
        if at & 7 == 0 and at + _BLOCK <= size and _plain(words, at >> 3):
            at += _BLOCK
        elif data[at] < 0x80:
            if data[at] == 0:
                found[FIRST_NUL] = at if found[NULS] == 0 else found[FIRST_NUL]
                found[NULS] += 1
            at += 1
        else:
            length, valid = _sequence(data, at, size)
            if not valid:
                found[FIRST_INVALID] = at if found[INVALID] == 0 else found[FIRST_INVALID]
                found[INVALID] += length
            at += length


@kernel
def bad_documents(data: np.ndarray, size: int, offset: int, document: int, bad: np.ndarray) -> tuple:
    """Which documents of marked text hold bytes that are no UTF-8.

    Parameters
    ----------
    data, size
        The text, uint8.
    offset
        Of ``data[0]`` in its source.
    document
        Where the document began that ``data[0]`` is in.
    bad
        int64, shape (documents,) at least, or (0,) when all bytes are known to be good: overwritten with where the
        bad documents begin.

    Returns
    -------
    tuple
        How many bad documents there are, and where the document begins that is open at the end.
    """
    found = np.empty(4, np.int64)
    number = start = 0
    while start < size:
        stop = start
        while stop < size and data[stop] != _LINE_FEED:
            stop += 1
        if bad.size:
            check_bytes(data[start:stop], stop - start, found)
            if found[INVALID]:
                bad[number] = document
                number += 1
        if stop < size:
            document = offset + stop + 1
        start = stop + 1
    return number, document


@kernel
def after_white_space(data: np.ndarray, size: int) -> int:
    """Position after the last white space among the first ``size`` bytes of ``data``, uint8; 0 for none."""
    while size > 0 and data[size - 1] > 0x20:
        size -= 1
    return size


@kernel
def _plain(words: np.ndarray, first: int) -> bool:
    """Whether the 64 bytes from this word on are ASCII without a NUL."""
    seen = np.uint64(0)
    for word in range(first, first + 8):
        seen |= words[word] | ((words[word] - _ONES) & ~words[word])
    return seen & _HIGH == 0


@kernel
def _sequence(data: np.ndarray, at: int, size: int) -> tuple:
    """Length of the character that begins at ``at``, a byte above 127, and whether it is whole.

    The table of well-formed byte sequences is 3-7 of the Unicode Standard 16.0.
    """
    lead = data[at]
    if lead < 0xC2 or lead > 0xF4:
        return 1, False
    length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    low = 0xA0 if lead == 0xE0 else 0x90 if lead == 0xF0 else 0x80
    high = 0x9F if lead == 0xED else 0x8F if lead == 0xF4 else 0xBF
    for step in range(1, length):
        if at + step >= size or data[at + step] < low or data[at + step] > high:
            return step, False
        low, high = 0x80, 0xBF
    return length, True
