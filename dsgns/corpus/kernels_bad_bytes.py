"""A kernel that tells the kinds of bytes that are no text, and where the first of each stand."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

KINDS = ("stray", "broken_off", "overlong", "surrogate", "out_of_range", "nul")
"""Bytes that continue no character; characters that break off; those written longer than they are; halves of UTF-16's
pairs; what is beyond U+10FFFF or begins no character at all; and NULs, which are UTF-8 and no text."""

STRAY, BROKEN_OFF, OVERLONG, SURROGATE, OUT_OF_RANGE, NUL = range(len(KINDS))
_NONE = -1


@kernel
def tell_bad_bytes(data: np.ndarray, size: int, start: int, numbers: np.ndarray, places: np.ndarray) -> None:
    """Count bad bytes by their kind; all but NULs are those that :func:`check_bytes` counts as no UTF-8.

    Parameters
    ----------
    data
        uint8; its first ``size`` bytes are looked at.
    start
        Offset of ``data[0]`` in its text.
    numbers
        int64, shape (len(KINDS),): added to.
    places
        int64, shape (len(KINDS), most): offsets of the first of each kind, -1 where there is none; filled up.
    """
    at = 0
    while at < size:
        kind, length = _NONE, 1
        if data[at] == 0:
            kind = NUL
        elif data[at] >= 0x80:
            kind, length = _kind_at(data, at, size)
        if kind != _NONE:
            numbers[kind] += length
            for place in range(places.shape[1]):
                if places[kind, place] < 0:
                    places[kind, place] = start + at
                    break
        at += length


@kernel
def _kind_at(data: np.ndarray, at: int, size: int) -> tuple:
    """The kind of what begins with a byte above 127, -1 for a character, and how long it is."""
    lead = data[at]
    if lead < 0xC0 or lead >= 0xFE:
        return (STRAY if lead < 0xC0 else OUT_OF_RANGE), 1
    wanted = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4 if lead < 0xF8 else 5 if lead < 0xFC else 6
    length = 1
    while length < wanted and at + length < size and data[at + length] & 0xC0 == 0x80:
        length += 1
    second = data[at + 1] if length > 1 else np.uint8(0)
    if lead > 0xF4 or (lead == 0xF4 and second > 0x8F):
        return OUT_OF_RANGE, length
    if lead < 0xC2 or (length > 1 and ((lead == 0xE0 and second < 0xA0) or (lead == 0xF0 and second < 0x90))):
        return OVERLONG, length
    if lead == 0xED and second > 0x9F:
        return SURROGATE, length
    return (_NONE if length == wanted else BROKEN_OFF), length
