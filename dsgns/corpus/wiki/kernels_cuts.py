"""Kernels that find the markup in wikitext: what is to be cut out of it, and where it goes on.

One pass from left to right over a page, linear in its bytes whatever it holds: openers wait on a stack until they
are closed, and one that never is leaves its text alone. Everything goes into one array, ``cut``, with a place for
each byte: where markup begins that is to go, the place at which the text goes on behind it, else nothing above zero.

The stack is a list linked through the same array, so that no text can make it overflow: an opener is two bytes or
more long, and until it is closed its first place holds a number about it and its second the opener below it, both
as numbers that are not above zero. What kind of opener it is, the text itself says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.corpus.wiki.kernels_tags import cut_tag

TOP, BRACES, TABLES, GALLERY, CLOSERS = 0, 1, 2, 3, 4
"""Places in ``state``: the opener on top, -1 for none; open braces; open tables; where a gallery ends; and from the
last one on, for each kind of element whose content is not wikitext, where it is closed next."""

_LINE_FEED, _SPACE, _TAB, _COLON, _EQUALS, _QUOTE = 10, 32, 9, 58, 61, 34
_LESS, _MORE, _SLASH, _LEFT, _RIGHT, _PIPE, _OPEN, _CLOSE, _UNDERSCORE = 60, 62, 47, 91, 93, 124, 123, 125, 95
_LONGEST_PREFIX = 64
_LONGEST_SCHEME = 8

_SPECIAL = np.zeros(256, np.bool_)
_SPECIAL[[_LINE_FEED, _LESS, _LEFT, _RIGHT, _PIPE, _OPEN, _CLOSE]] = True
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
def find_cuts(data: np.ndarray, size: int, rules: Rules, cut: np.ndarray, state: np.ndarray) -> None:
    """Find the templates, links, tables, comments and elements of a page.

    Parameters
    ----------
    data
        Wikitext, uint8: ``size`` bytes, and eight NULs at least after them.
    cut
        int32, shape (at least size + 2,), overwritten.
    state
        int64, shape (at least CLOSERS + the kinds of elements,), overwritten.
    """
    cut[: size + 2] = 0
    state[:] = -1
    state[BRACES] = state[TABLES] = state[GALLERY] = 0
    at = _begin_line(data, size, rules, cut, state, 0)
    while at < size:
        byte = data[at]
        if not _SPECIAL[byte]:
            at += 1
        elif byte == _LINE_FEED:
            at = _begin_line(data, size, rules, cut, state, at + 1)
        elif byte == _LESS:
            at = cut_tag(data, size, cut, state, at)
        elif byte == _LEFT:
            at = _open_link(data, cut, state, at)
        elif byte == _RIGHT:
            at = _close_link(data, rules, cut, state, at)
        elif byte == _OPEN:
            at = _open_braces(data, cut, state, at)
        elif byte == _CLOSE:
            at = _close_braces(data, cut, state, at)
        else:
            at = _note_pipe(data, cut, state, at)
    while state[TABLES] > 0:
        # A table that is never closed ends with the page, as MediaWiki has it; its text stays whatever the rules.
        opener = _pop(data, cut, state)
        if _is_table(data, opener) and _has_attributes(data, size, opener + 2):
            cut[opener] = opener + 2


@kernel
def _push(cut: np.ndarray, state: np.ndarray, at: int, number: int) -> None:
    cut[at], cut[at + 1] = -number, -(state[TOP] + 2)
    state[TOP] = at


@kernel
def _pop(data: np.ndarray, cut: np.ndarray, state: np.ndarray) -> int:
    """The opener on top, which is taken off the stack."""
    top = state[TOP]
    state[TOP] = -cut[top + 1] - 2
    if data[top] == _OPEN:
        state[TABLES if _is_table(data, top) else BRACES] -= 1
    return top


@kernel(inline="always")
def _is_table(data: np.ndarray, opener: int) -> bool:
    return bool(data[opener] == _OPEN and data[opener + 1] == _PIPE)


@kernel
def _begin_line(data: np.ndarray, size: int, rules: Rules, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Open or close a table where a line begins with its mark; the place after that."""
    _leave_links(data, cut, state, data[at] == _LINE_FEED)
    if at < state[GALLERY]:
        return _begin_picture(data, cut, state, at)
    while at < size and (data[at] == _SPACE or data[at] == _TAB or data[at] == _COLON):
        at += 1
    if _is_table(data, at):
        _push(cut, state, at, 0)
        state[TABLES] += 1
        return at + 2
    # In "|}}" the pipe is the last of a template.
    closes = data[at] == _PIPE and data[at + 1] == _CLOSE and (data[at + 2] != _CLOSE or state[BRACES] == 0)
    if not closes:
        return at
    cut[at] = at + 2
    if state[TABLES] > 0:
        table = _pop(data, cut, state)
        while not _is_table(data, table):
            table = _pop(data, cut, state)
        cut[table] = table + 2 if rules.tables else at + 2
    return at + 2


@kernel
def _has_attributes(data: np.ndarray, size: int, at: int) -> bool:
    """Whether the rest of a line holds nothing or attributes."""
    start = at
    while at < size and data[at] != _LINE_FEED and data[at] != _EQUALS:
        at += 1
    return bool(at == start or data[at] == _EQUALS)


@kernel
def _leave_links(data: np.ndarray, cut: np.ndarray, state: np.ndarray, blank: bool) -> None:
    """At the end of a line close no more addresses, and before a ``blank`` one no more targets of links."""
    while state[TOP] >= 0 and data[state[TOP]] == _LEFT and cut[state[TOP]] == 0:
        if data[state[TOP] + 1] == _LEFT and not blank:
            return
        _pop(data, cut, state)


@kernel
def _begin_picture(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut the name of a file out of a line of a gallery; what was written below it stays."""
    name = at
    while at < state[GALLERY] and data[at] != _LINE_FEED and data[at] != _PIPE and data[at] != _LESS:
        at += 1
    if data[at] == _PIPE:
        at += 1
    if at > name:
        cut[name] = at
    return at


@kernel
def _open_link(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    if data[at + 1] == _LEFT:
        if data[at + 2] == _LEFT:  # of three brackets the inner two are the link's
            return at + 1
        _push(cut, state, at, 0)
        return at + 2
    if _is_address(data, at + 1):
        _push(cut, state, at, 0)
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
    return bool(data[place] == _SLASH and data[place + 1] == _SLASH) or (letters == 6 and data[at] | 32 == 109)


@kernel
def _note_pipe(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Remember the first pipe of a link, after which its text begins."""
    top = state[TOP]
    if top >= 0 and data[top] == _LEFT and data[top + 1] == _LEFT and cut[top] == 0:
        cut[top] = -at
    return at + 1


@kernel
def _close_link(data: np.ndarray, rules: Rules, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut a link but for its text, at the bracket that closes it; the place after that."""
    top = state[TOP]
    if top < 0 or data[top] != _LEFT or (data[top + 1] == _LEFT and data[at + 1] != _RIGHT):
        return at + 1
    _pop(data, cut, state)
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
    while dot > max(colon, stop - rules.extensions.shape[1]) and data[dot - 1] != 46:
        dot -= 1
    return data[dot - 1] == 46 and _is_one_of(data, dot, stop, rules.extensions)


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


@kernel
def _open_braces(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    number = 1
    while data[at + number] == _OPEN:
        number += 1
    if number > 1:
        _push(cut, state, at, number)
        state[BRACES] += 1
    return at + number


@kernel
def _close_braces(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut the templates and parameters that a run of braces closes, innermost first; the place after the run."""
    number = 1
    while data[at + number] == _CLOSE:
        number += 1
    end = at + number
    while number > 1 and state[BRACES] > 0:
        top = state[TOP]
        if data[top] != _OPEN or data[top + 1] != _OPEN:
            _pop(data, cut, state)  # what was opened within a template and not closed in it never is
            continue
        waiting = -cut[top]
        closed = min(waiting, number, 3)
        if waiting - closed > 1:
            cut[top] = closed - waiting
        else:
            _pop(data, cut, state)
        at, number = at + closed, number - closed
        cut[top + waiting - closed] = at
    return end
