"""Kernels of the ``words`` tokenizer: ASCII is folded here, other words are lifted out and put back."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

_BLOCK = 64
_LINE_FEED = np.uint8(10)
_SPACE = np.uint8(32)
_LIFTED = np.uint8(0x80)

OTHER, LETTER, MARK = 0, 1, 2
"""Classes of characters."""


@kernel(inline="always")
def _folded(byte: np.uint8) -> np.uint8:
    """An ASCII letter in lower case, a line feed as it is, a space for any other ASCII byte."""
    lower = np.uint8(byte | np.uint8(0x20))
    letter = np.uint8(lower - np.uint8(97)) < np.uint8(26)
    return lower if letter else (byte if byte == _LINE_FEED else _SPACE)


@kernel(inline="always")
def _in_word(byte: np.uint8) -> bool:
    return bool(byte >= _LIFTED or np.uint8((byte | np.uint8(0x20)) - np.uint8(97)) < np.uint8(26))


@kernel
def fold_ascii(data: np.ndarray, size: int, lifted: np.ndarray) -> int:
    """Lower ASCII letters and blank all else that is ASCII, in place; lift out words with other bytes.

    Parameters
    ----------
    data
        Marked text, uint8. In its first ``size`` bytes each run of ASCII letters and bytes above 127 that has
        one of the latter is overwritten with 0x80.
    lifted
        uint8, shape (at least 2 size,): receives those runs, each with a line feed after it.

    Returns
    -------
    int
        How many bytes were lifted.
    """
    at = taken = 0
    while at < size:
        # Within a view numba need not provide for indices below zero, and LLVM makes vector code of the loops.
        block = data[at : min(at + _BLOCK, size)]
        if _plain(block) == block.size:
            for place in range(block.size):
                block[place] = _folded(block[place])
            at += block.size
        else:
            at, taken = _lift(data, at, size, lifted, taken)
    return taken


@kernel
def _plain(block: np.ndarray) -> int:
    """How many bytes there are before the first that is not ASCII."""
    high = np.uint8(0)
    for place in range(block.size):
        high |= block[place]
    if high < _LIFTED:
        return block.size
    place = 0
    while block[place] < _LIFTED:
        place += 1
    return place


@kernel
def _lift(data: np.ndarray, at: int, size: int, lifted: np.ndarray, taken: int) -> tuple:
    """Fold up to the next word that is not ASCII and lift that one out."""
    while data[at] < _LIFTED:
        data[at] = _folded(data[at])
        at += 1
    start = at
    while start > 0 and _in_word(data[start - 1]) and data[start - 1] < _LIFTED:
        start -= 1
    stop = at
    while stop < size and _in_word(data[stop]):
        stop += 1
    for place in range(start, stop):
        lifted[taken] = data[place]
        data[place] = _LIFTED
        taken += 1
    lifted[taken] = _LINE_FEED
    return stop, taken + 1


@kernel
def blank_others(codes: np.ndarray, classes: np.ndarray) -> None:
    """Write spaces for what is neither a letter nor a mark on one, nor a line feed; in place.

    Parameters
    ----------
    codes
        Code points, uint32.
    classes
        uint8: ``LETTER``, ``MARK`` or ``OTHER`` for each code point.
    """
    inside = False
    for place in range(codes.size):
        kind = classes[codes[place]]
        inside = kind == LETTER or (kind == MARK and inside)
        if not inside and codes[place] != _LINE_FEED:
            codes[place] = _SPACE


@kernel
def put_back(data: np.ndarray, size: int, words: np.ndarray, out: np.ndarray) -> int:
    """Copy folded text with the lifted words back in their places.

    Parameters
    ----------
    data
        What :func:`fold_ascii` left, uint8.
    words
        uint8: what stands for each lifted run, in order, each with a line feed after it.
    out
        uint8, shape (at least size + words.size,); overwritten.

    Returns
    -------
    int
        How many bytes were written.
    """
    at = written = word = 0
    while at < size:
        block = data[at : min(at + _BLOCK, size)]
        plain = _plain(block)
        out[written : written + plain] = block[:plain]
        written, at = written + plain, at + plain
        if plain == block.size:
            continue
        while words[word] != _LINE_FEED:
            out[written] = words[word]
            written, word = written + 1, word + 1
        word += 1
        while at < size and data[at] >= _LIFTED:
            at += 1
    return written
