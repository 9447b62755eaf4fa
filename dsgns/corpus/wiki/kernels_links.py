"""Kernels for links in wikitext: to pages, to files, and to addresses elsewhere."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.corpus.wiki.kernels_openers import TOP, pop, push

_SPACE, _QUOTE, _DOT, _SLASH, _COLON, _LESS, _MORE, _LEFT, _RIGHT, _UNDERSCORE = 32, 34, 46, 47, 58, 60, 62, 91, 93, 95
_SMALL_M = 109
_LONGEST_PREFIX = 64
_LONGEST_SCHEME = 8
_MAILTO = 6  # letters, and no other scheme of so many has no slashes

_IN_ADDRESS = np.ones(256, np.bool_)
_IN_ADDRESS[[*range(33), _QUOTE, _LESS, _MORE, _LEFT, _RIGHT]] = False


class Rules(NamedTuple):
    """What is cut out."""

    tables: bool
    """Whether the text of tables stays."""
    names: np.ndarray
    """uint8, shape (n, width): namespaces whose links show no text, their ASCII letters small, padded with NULs."""
    extensions: np.ndarray
    """uint8, shape (m, 8): what the names of files end in, small, padded with NULs."""


@kernel
def open_link(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Open a link at its bracket; the place after what opens it."""
    if data[at + 1] == _LEFT:
        if data[at + 2] == _LEFT:  # of three brackets the inner two are the link's
            return at + 1
        push(cut, state, at, 0)
        return at + 2
    if _is_address(data, at + 1):
        push(cut, state, at, 0)
    return at + 1


@kernel
def _is_address(data: np.ndarray, at: int) -> bool:
    """Whether the text goes on with //, with a scheme and //, or with mailto:."""
    letters = 0
    while letters < _LONGEST_SCHEME and 97 <= data[at + letters] | 32 <= 122:
        letters += 1
    if letters and data[at + letters] != _COLON:
        return False
    place = at + letters + (1 if letters else 0)
    return bool(data[place] == _SLASH and data[place + 1] == _SLASH) or (
        letters == _MAILTO and data[at] | 32 == _SMALL_M
    )


@kernel
def note_pipe(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Remember the first pipe of a link, after which its text begins."""
    top = state[TOP]
    if top >= 0 and data[top] == _LEFT and data[top + 1] == _LEFT and cut[top] == 0:
        cut[top] = -at
    return at + 1


@kernel
def close_link(data: np.ndarray, rules: Rules, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut a link but for its text, at the bracket that closes it; the place after that."""
    top = state[TOP]
    if top < 0 or data[top] != _LEFT or (data[top + 1] == _LEFT and data[at + 1] != _RIGHT):
        return at + 1
    pop(data, cut, state)
    if data[top + 1] != _LEFT:
        return _cut_address(data, cut, top, top + 1, at, at + 1)
    if cut[top] == 0 and _is_address(data, top + 2):
        return _cut_address(data, cut, top, top + 2, at, at + 2)
    stop = -cut[top] if cut[top] else at
    if _shows_nothing(data, top + 2, stop, rules):
        cut[top] = at + 2
        return at + 2
    text = stop + 1 if cut[top] else top + 2
    cut[top] = text + 1 if data[text] == _COLON and stop == at else text
    cut[at] = at + 2
    return at + 2


@kernel
def _cut_address(data: np.ndarray, cut: np.ndarray, top: int, start: int, at: int, end: int) -> int:
    """Cut a link but for what follows its address; all of it where nothing does."""
    while start < at and _IN_ADDRESS[data[start]]:
        start += 1
    while start < at and data[start] == _SPACE:
        start += 1
    cut[top] = start if start < at else end
    cut[at] = end
    return end


@kernel
def _shows_nothing(data: np.ndarray, start: int, stop: int, rules: Rules) -> bool:
    """Whether a link's target is a file or in a namespace whose links show no text."""
    colon = start
    while colon < min(stop, start + _LONGEST_PREFIX) and data[colon] != _COLON:
        colon += 1
    if colon in (start, stop) or data[colon] != _COLON:
        return False
    while data[start] == _SPACE or data[start] == _UNDERSCORE:
        start += 1
    last = colon
    while last > start and (data[last - 1] == _SPACE or data[last - 1] == _UNDERSCORE):
        last -= 1
    if _is_one_of(data, start, last, rules.names):
        return True
    while data[stop - 1] == _SPACE:
        stop -= 1
    dot = stop
    while dot > max(colon, stop - rules.extensions.shape[1]) and data[dot - 1] != _DOT:
        dot -= 1
    return data[dot - 1] == _DOT and _is_one_of(data, dot, stop, rules.extensions)


@kernel
def _is_one_of(data: np.ndarray, start: int, stop: int, words: np.ndarray) -> bool:
    """Whether bytes are one of some words, their ASCII letters in whatever case."""
    width = words.shape[1]
    if start >= stop or stop - start > width:
        return False
    for word in range(words.shape[0]):
        place = 0
        while place < stop - start and _small(data[start + place]) == words[word, place]:
            place += 1
        if place == stop - start and (place == width or words[word, place] == 0):
            return True
    return False


@kernel(inline="always")
def _small(byte: int) -> int:
    return byte + 32 if 65 <= byte <= 90 else (_SPACE if byte == _UNDERSCORE else byte)
