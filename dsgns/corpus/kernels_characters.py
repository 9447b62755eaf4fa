"""Kernels over code points: words by Unicode's rules (UAX #29), and runs of ideographs parted."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

OTHER, MARK, LETTER, DIGIT, IDEOGRAPH, FORMAT, MID_LETTER, MID_NUMBER, MID_BOTH, CONNECTOR = range(10)
"""Classes of characters. Those named ``MID`` join what is on both sides of them: letters, digits, or either; a
``CONNECTOR`` joins any of the two."""

_LINE_FEED, _SPACE, _APOSTROPHE, _ZERO = np.uint32(10), np.uint32(32), np.uint32(39), np.uint32(48)
_QUOTES = (np.uint32(0x2018), np.uint32(0x2019), np.uint32(0xFF07))


@kernel(inline="always")
def _joins(kind: int, before: int, after: int) -> bool:
    """Whether a sign of some class joins what stands before and after it to one word."""
    if kind == CONNECTOR:
        return before in (LETTER, DIGIT) and after in (LETTER, DIGIT)
    if before != after:
        return False
    if before == LETTER:
        return kind in (MID_LETTER, MID_BOTH)
    return before == DIGIT and kind in (MID_NUMBER, MID_BOTH)


@kernel
def keep_words(codes: np.ndarray, classes: np.ndarray) -> int:
    """Keep what is part of words, and spaces for all else; in place.

    Words are letters, digits and ideographs with the marks on them, and the signs that join them. Characters of
    format, such as the soft hyphen, vanish; quotes that join become apostrophes.

    Parameters
    ----------
    codes
        Code points, uint32; line feeds stay.
    classes
        uint8: the class of each code point.

    Returns
    -------
    int
        How many code points are left.
    """
    written = 0
    before = OTHER  # of the open word, the class of its last character that is no mark
    for place in range(codes.size):
        code = codes[place]
        kind = classes[code]
        if kind == FORMAT or (kind == MARK and before == OTHER):
            continue
        if kind in (LETTER, DIGIT, IDEOGRAPH):
            before = kind
        elif kind != MARK:
            if place + 1 < codes.size and _joins(kind, before, classes[codes[place + 1]]):
                code = _APOSTROPHE if code in _QUOTES else code
            else:
                code = _LINE_FEED if code == _LINE_FEED else _SPACE
                before = OTHER
        codes[written] = code
        written += 1
    return written


@kernel
def zero_digits(codes: np.ndarray, classes: np.ndarray) -> None:
    """Write 0 for digits of any script; in place."""
    for place in range(codes.size):
        if classes[codes[place]] == DIGIT:
            codes[place] = _ZERO


@kernel
def part_ideographs(codes: np.ndarray, classes: np.ndarray, length: int, out: np.ndarray) -> int:
    """Copy text with each run of ideographs as its n-grams, parted by spaces.

    Parameters
    ----------
    codes
        Code points, uint32, as :func:`keep_words` leaves them.
    classes
        uint8: the class of each code point.
    length
        Ideographs in an n-gram, the marks on them not counted; a shorter run is kept whole. Those of 1 are characters.
    out
        uint32, shape (at least (length + 2) codes.size,); overwritten.

    Returns
    -------
    int
        How many code points were written.
    """
    at = written = 0
    while at < codes.size:
        if classes[codes[at]] != IDEOGRAPH:
            out[written] = codes[at]
            at, written = at + 1, written + 1
            continue
        out[written] = _SPACE
        written += 1
        start = stop = at
        for _ in range(length):
            stop = _after(codes, classes, stop)
        while start < stop:
            out[written : written + stop - start] = codes[start:stop]
            written += stop - start
            out[written] = _SPACE
            written += 1
            at, start = stop, _after(codes, classes, start)
            following = _after(codes, classes, stop)
            if following == stop:
                break
            stop = following
    return written


@kernel(inline="always")
def _after(codes: np.ndarray, classes: np.ndarray, at: int) -> int:
    """Where the ideograph at a place ends with the marks on it; the same place if there is none."""
    if at < codes.size and classes[codes[at]] == IDEOGRAPH:
        at += 1
        while at < codes.size and classes[codes[at]] == MARK:
            at += 1
    return at
