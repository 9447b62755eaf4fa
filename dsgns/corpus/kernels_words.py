"""Kernels that take text apart: ASCII is folded here, words with other characters are lifted out and put back."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

WORDS, LOWER, ZERO, LIFT = 1, 2, 4, 8
"""What is done to ASCII."""

_BLOCK = 64
_LINE_FEED = np.uint8(10)
_SPACE = np.uint8(32)
_ZERO = np.uint8(48)
_APOSTROPHE, _COMMA, _FULL_STOP, _SEMICOLON, _UNDERSCORE = (np.uint8(ord(sign)) for sign in "',.;_")
_LIFTED = np.uint8(0x80)
_LETTERS, _DIGITS, _ANY = np.uint8(1), np.uint8(2), np.uint8(4)


@kernel(inline="always")
def _letter(byte: np.uint8) -> bool:
    return bool(np.uint8((byte | np.uint8(0x20)) - np.uint8(97)) < np.uint8(26))


@kernel(inline="always")
def _digit(byte: np.uint8) -> bool:
    return bool(np.uint8(byte - np.uint8(48)) < np.uint8(10))


@kernel(inline="always")
def _sides(byte: np.uint8) -> np.uint8:
    """Which signs may join a byte to another: those between letters, digits, or any two; all if it is not ASCII."""
    sides = np.uint8(_LETTERS | _ANY) if _letter(byte) else np.uint8(0)
    sides = np.uint8(_DIGITS | _ANY) if _digit(byte) else sides
    return np.uint8(_LETTERS | _DIGITS | _ANY) if byte >= _LIFTED else sides


@kernel(inline="always")
def _folded(before: np.uint8, byte: np.uint8, after: np.uint8) -> np.uint8:
    """A letter in lower case; a digit, a line feed, and a sign that joins its neighbours as it is; else a space.

    What is not ASCII may be a letter or a digit: a sign beside it is kept, to be looked at with it.

    Parameters
    ----------
    before, after
        The sides of the neighbours.
    """
    asks = np.uint8(_LETTERS | _DIGITS) if (byte == _APOSTROPHE) | (byte == _FULL_STOP) else np.uint8(0)
    asks = _DIGITS if (byte == _COMMA) | (byte == _SEMICOLON) else asks
    asks = _ANY if byte == _UNDERSCORE else asks
    kept = _digit(byte) | (byte == _LINE_FEED) | (np.uint8(np.uint8(before & after) & asks) != 0)
    other = byte if kept else _SPACE
    return np.uint8(byte | np.uint8(0x20)) if _letter(byte) else other


@kernel(inline="always")
def _plainer(byte: np.uint8, rules: int) -> np.uint8:
    """A letter in lower case, and a digit as 0, where that is asked for."""
    byte = np.uint8(byte | np.uint8(0x20)) if _letter(byte) & (rules & LOWER != 0) else byte
    return _ZERO if _digit(byte) & (rules & ZERO != 0) else byte


@kernel(inline="always")
def _liftable(byte: np.uint8, rules: int) -> bool:
    """Whether a byte may be in one word with what is not ASCII."""
    if not rules & WORDS:
        return bool(byte > _SPACE)
    sign = (byte == _APOSTROPHE) | (byte == _FULL_STOP) | (byte == _COMMA) | (byte == _SEMICOLON)
    return bool(_letter(byte) | _digit(byte) | sign | (byte == _UNDERSCORE) | (byte >= _LIFTED))


@kernel
def fold_ascii(data: np.ndarray, size: int, lifted: np.ndarray, rules: int) -> int:
    """Fold ASCII in place, and lift out words with other bytes.

    Parameters
    ----------
    data
        Marked text, uint8. In its first ``size`` bytes each word that has bytes above 127 is overwritten with 0x80;
        under ``WORDS``, each run of them and ASCII letters, digits and signs that may join these.
    lifted
        uint8, shape (at least 2 size,): receives those words, each with a line feed after it.
    rules
        The sum of ``WORDS``: blank what is in no word, and lower letters; ``LOWER``: lower letters; ``ZERO``: make
        digits 0; ``LIFT``: nothing else.

    Returns
    -------
    int
        How many bytes were lifted.
    """
    sides = np.empty(_BLOCK + 2, np.uint8)
    at = taken = 0
    while at < size:
        # Within a view numba need not provide for indices below zero, and LLVM makes vector code of the loops.
        block = data[at : min(at + _BLOCK, size)]
        if _plain(block) == block.size:
            if rules & WORDS:
                sides[0] = _sides(data[at - 1]) if at else 0
                sides[block.size + 1] = _sides(data[at + block.size]) if at + block.size < size else 0
                _keep_words(block, sides)
            for place in range(block.size if rules & (LOWER | ZERO) else 0):
                block[place] = _plainer(block[place], rules)
            at += block.size
        else:
            at, taken = _lift(data, at, size, lifted, taken, rules)
    return taken


@kernel
def _keep_words(block: np.ndarray, sides: np.ndarray) -> None:
    """Fold a block of ASCII in place; ``sides``, two longer, has those of its neighbours at its ends."""
    for place in range(block.size):
        sides[place + 1] = _sides(block[place])
    for place in range(block.size):
        block[place] = _folded(sides[place], block[place], sides[place + 2])


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
def _lift(data: np.ndarray, at: int, size: int, lifted: np.ndarray, taken: int, rules: int) -> tuple:
    """Fold up to the next word that is not ASCII and lift that one out."""
    while data[at] < _LIFTED:
        if rules & WORDS:
            data[at] = _folded(_sides(data[at - 1] if at else _SPACE), data[at], _sides(data[at + 1]))
        data[at] = _plainer(data[at], rules)
        at += 1
    start = at
    while start > 0 and _liftable(data[start - 1], rules) and data[start - 1] < _LIFTED:
        start -= 1
    stop = at
    while stop < size and _liftable(data[stop], rules):
        stop += 1
    for place in range(start, stop):
        lifted[taken] = data[place]
        data[place] = _LIFTED
        taken += 1
    lifted[taken] = _LINE_FEED
    return stop, taken + 1


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
