"""Kernels that find the markup in wikitext: what is to be cut out of it, and where it goes on.

One pass from left to right over a page, linear in its bytes whatever it holds: openers wait on a stack until they
are closed, and one that never is leaves its text alone. Everything goes into one array, ``cut``, with a place for
each byte: where markup begins that is to go, the place at which the text goes on behind it, else nothing above zero.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.corpus.wiki.kernels_links import Rules, close_link, note_pipe, open_link
from dsgns.corpus.wiki.kernels_openers import BRACES, GALLERY, OPEN, PIPE, TABLES, TOP, is_table, pop, push
from dsgns.corpus.wiki.kernels_tags import cut_tag
from dsgns.corpus.wiki.kernels_variants import cut_variants

_TAB, _LINE_FEED, _SPACE, _HYPHEN, _COLON = 9, 10, 32, 45, 58
_LESS, _EQUALS, _LEFT, _RIGHT, _CLOSE = 60, 61, 91, 93, 125

_SPECIAL = np.zeros(256, np.bool_)
_SPECIAL[[_LINE_FEED, _LESS, _LEFT, _RIGHT, PIPE, OPEN, _CLOSE]] = True


@kernel
def find_cuts(data: np.ndarray, size: int, rules: Rules, cut: np.ndarray, state: np.ndarray) -> None:
    """Find the templates, links, tables, comments and elements of a page.

    Parameters
    ----------
    data
        Wikitext, uint8: ``size`` bytes, and 32 NULs at least after them.
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
            at = open_link(data, cut, state, at)
        elif byte == _RIGHT:
            at = close_link(data, rules, cut, state, at)
        elif byte == OPEN:
            at = _open_braces(data, size, cut, state, at)
        elif byte == _CLOSE:
            at = _close_braces(data, cut, state, at)
        else:
            at = note_pipe(data, cut, state, at)
    while state[TABLES] > 0:
        # A table that is never closed ends with the page, as MediaWiki has it; its text stays whatever the rules.
        opener = pop(data, cut, state)
        if is_table(data, opener) and _has_attributes(data, size, opener + 2):
            cut[opener] = opener + 2


@kernel
def _begin_line(data: np.ndarray, size: int, rules: Rules, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Open or close a table where a line begins with its mark; the place after that."""
    _leave_links(data, cut, state, data[at] == _LINE_FEED)
    if at < state[GALLERY]:
        return _begin_picture(data, cut, state, at)
    while at < size and (data[at] == _SPACE or data[at] == _TAB or data[at] == _COLON):
        at += 1
    if is_table(data, at):
        push(cut, state, at, 0)
        state[TABLES] += 1
        return at + 2
    # In "|}}" the pipe is the last of a template.
    closes = data[at] == PIPE and data[at + 1] == _CLOSE and (data[at + 2] != _CLOSE or state[BRACES] == 0)
    if not closes:
        return at
    cut[at] = at + 2
    if state[TABLES] > 0:
        table = pop(data, cut, state)
        while not is_table(data, table):
            table = pop(data, cut, state)
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
        pop(data, cut, state)


@kernel
def _begin_picture(data: np.ndarray, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut the name of a file out of a line of a gallery; what was written below it stays."""
    name = at
    while at < state[GALLERY] and data[at] != _LINE_FEED and data[at] != PIPE and data[at] != _LESS:
        at += 1
    if data[at] == PIPE:
        at += 1
    if at > name:
        cut[name] = at
    return at


@kernel
def _open_braces(data: np.ndarray, size: int, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    number = 1
    while data[at + number] == OPEN:
        number += 1
    if number > 1:
        push(cut, state, at, number)
        state[BRACES] += 1
    elif at > 0 and data[at - 1] == _HYPHEN:
        return cut_variants(data, size, cut, at)
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
        if data[top] != OPEN or data[top + 1] != OPEN:
            pop(data, cut, state)  # what was opened within a template and not closed in it never is
            continue
        waiting = -cut[top]
        closed = min(waiting, number, 3)
        if waiting - closed > 1:
            cut[top] = closed - waiting
        else:
            pop(data, cut, state)
        at, number = at + closed, number - closed
        cut[top + waiting - closed] = at
    return end
