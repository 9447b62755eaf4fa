"""Kernels that take addresses and numbers out of marked text."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

_SPACE = np.uint8(32)
_COLON, _SLASH, _PERCENT, _W, _FULL_STOP = (np.uint8(ord(sign)) for sign in ":/%w.")
_SIGNS = np.array([sign in b"+-" for sign in range(256)])
_BETWEEN = np.array([sign in b".,:/-" for sign in range(256)])
_ENDS = np.array([sign <= 32 or sign in b'<>"`{}|\\^' for sign in range(256)])


@kernel(inline="always")
def _letter(byte: np.uint8) -> bool:
    return bool(np.uint8((byte | np.uint8(0x20)) - np.uint8(97)) < np.uint8(26))


@kernel(inline="always")
def _digit(byte: np.uint8) -> bool:
    return bool(np.uint8(byte - np.uint8(48)) < np.uint8(10))


@kernel
def blank_addresses(data: np.ndarray, size: int) -> int:
    """Write spaces for what begins like ``https://`` or ``www.``, in place, up to where it ends; how many these were.

    That is white space, a bracket or quote that no address has, or a sign of Chinese punctuation.

    Parameters
    ----------
    data
        Marked text, uint8, of which the first ``size`` bytes are looked at.
    """
    at = found = 0
    while at < size:
        start = _begins(data, at, size)
        if start < 0:
            at += 1
            continue
        while at < size and not _ENDS[data[at]] and not _wide_sign(data, at, size):
            at += 1
        data[start:at] = _SPACE
        found += 1
    return found


@kernel(inline="always")
def _begins(data: np.ndarray, at: int, size: int) -> int:
    """Where an address begins whose ``://`` or ``www.`` is at a place; -1 if there is none."""
    if data[at] == _COLON and at + 2 < size and data[at + 1] == _SLASH and data[at + 2] == _SLASH:
        start = at
        while start > 0 and _letter(data[start - 1]):
            start -= 1
        return start if at - start >= 2 else -1
    if data[at] == _W and at + 3 < size and data[at + 1] == _W and data[at + 2] == _W and data[at + 3] == _FULL_STOP:
        before = data[at - 1] if at else _SPACE
        return -1 if _letter(before) or _digit(before) or before >= 0x80 else at
    return -1


@kernel(inline="always")
def _wide_sign(data: np.ndarray, at: int, size: int) -> bool:
    """Whether a character of U+3000 to U+303F or of U+FF00 to U+FF7F is at a place."""
    if data[at] < 0xE3 or at + 1 >= size:
        return False
    return (data[at] == 0xE3 and data[at + 1] == 0x80) or (data[at] == 0xEF and data[at + 1] in (0xBC, 0xBD))


@kernel
def replace_numbers(data: np.ndarray, size: int, word: np.ndarray, out: np.ndarray) -> tuple:
    """Copy marked text with another word in place of those that are numbers: digits of ASCII, such as -1,200.5 or 7%.

    Parameters
    ----------
    data
        uint8, of which the first ``size`` bytes are copied.
    word
        uint8; may be empty.
    out
        uint8, shape (at least (size + 1) // 2 * max(2, word.size + 1),); overwritten.

    Returns
    -------
    tuple
        How many bytes were written, and how many words were numbers.
    """
    at = written = numbers = 0
    while at < size:
        stop = at
        while stop < size and data[stop] > _SPACE:
            stop += 1
        token = data[at:stop]
        if _is_number(token):
            token = word
            numbers += 1
        out[written : written + token.size] = token
        written += token.size
        if stop < size:
            out[written] = data[stop]
            written += 1
        at = stop + 1
    return written, numbers


@kernel
def _is_number(token: np.ndarray) -> bool:
    """Whether a word is digits, with single signs between them, one of plus and minus before, a percent sign after."""
    digit = False
    for place in range(token.size):
        byte = token[place]
        if _digit(byte):
            digit = True
        elif digit and byte == _PERCENT and place + 1 == token.size:
            return True
        elif digit and _BETWEEN[byte]:
            digit = False
        elif place > 0 or not _SIGNS[byte]:
            return False
    return digit
