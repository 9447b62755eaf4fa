"""Kernels for what stands between angle brackets in wikitext: comments, tags, and elements that are no wikitext."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.corpus.wiki.kernels_openers import CLOSERS, GALLERY

_BANG, _HYPHEN, _SLASH, _LESS, _EQUALS, _MORE, _SPACE = 33, 45, 47, 60, 61, 62, 32

VERBATIM = ("nowiki", "pre")
"""Elements whose content is text as it stands."""

HIDDEN = (
    "ref", "references", "math", "timeline", "syntaxhighlight", "source", "score", "imagemap", "hiero", "chem", "ce",
    "graph", "templatestyles", "mapframe", "maplink", "includeonly", "inputbox", "templatedata", "indicator", "style",
)  # fmt: skip
"""Elements that are cut with their content."""

_APART = (
    "br", "hr", "p", "div", "li", "ul", "ol", "dl", "dd", "dt", "table", "caption", "tbody", "thead", "tr", "td", "th",
    "blockquote", "center", "poem", "h1", "h2", "h3", "h4", "h5", "h6",
)  # fmt: skip
_WIDTH = 16


def packed(words: tuple[str, ...], width: int = _WIDTH) -> np.ndarray:
    """Words as rows of bytes, uint8, padded with NULs."""
    return np.array([list(word.encode().ljust(width, b"\0")) for word in words], np.uint8).reshape(-1, width)


_ELEMENTS = packed(("gallery", *VERBATIM, *HIDDEN, *_APART))
_LENGTHS = (_ELEMENTS != 0).sum(axis=1)
_FIRST_HIDDEN, _FIRST_APART = 1 + len(VERBATIM), 1 + len(VERBATIM) + len(HIDDEN)
_REF = _FIRST_HIDDEN
_COMMENT = _FIRST_APART
KINDS = _COMMENT + 1
"""Kinds of elements whose closing tags are looked for, comments last."""


@kernel
def cut_tag(data: np.ndarray, size: int, cut: np.ndarray, state: np.ndarray, at: int) -> int:
    """Cut a comment, a tag or an element out; the place at which wikitext goes on.

    Where a tag parts words, the second place of its cut is -1.

    Parameters
    ----------
    data, size, cut, state
        As in :func:`dsgns.corpus.wiki.kernels_cuts.find_cuts`.
    at
        Of the angle bracket.
    """
    if data[at + 1] == _BANG and data[at + 2] == _HYPHEN and data[at + 3] == _HYPHEN:
        close = _closed_at(data, size, state, at + 4, _COMMENT)
        if close < size:
            cut[at] = close + 3
        return close + 3 if close < size else at + 4
    name = at + 2 if data[at + 1] == _SLASH else at + 1
    stop = name
    while _in_name(data[stop]):
        stop += 1
    end = _tag_end(data, size, name, stop)
    if end == 0:
        return at + 1
    element = _element(data, name, stop)
    cut[at] = end
    cut[at + 1] = -1 if element == 0 or element > _REF else 0
    if element < 0 or element >= _FIRST_APART or name > at + 1 or data[end - 2] == _SLASH:
        return end
    close = _closed_at(data, size, state, end, element)
    if close == size:
        return end
    if element == 0:
        state[GALLERY] = close
        return end
    after = close + 2
    while after < size and data[after - 1] != _MORE:
        after += 1
    cut[at if element >= _FIRST_HIDDEN else close] = after
    return after


@kernel(inline="always")
def _in_name(byte: int) -> bool:
    return bool(97 <= byte | 32 <= 122 or 48 <= byte <= 57)


@kernel
def _tag_end(data: np.ndarray, size: int, name: int, stop: int) -> int:
    """The place after a tag whose name is given; 0 if it is none."""
    if stop == name or data[name] <= 57:
        return 0
    spaces = equals = False
    end = stop
    while end < size and data[end] != _LESS and data[end] != _MORE:
        spaces |= data[end] <= _SPACE
        equals |= data[end] == _EQUALS
        end += 1
    if end == size or data[end] == _LESS:
        return 0
    # "x <y and z> w" is no tag: an element of so short a name that is not known has attributes or no space.
    if spaces and not equals and data[end - 1] != _SLASH and _element(data, name, stop) < 0 and stop - name < 3:
        return 0
    return end + 1


@kernel
def _element(data: np.ndarray, start: int, stop: int) -> int:
    """The number of an element by its name, -1 if it is no special one."""
    for element in range(_LENGTHS.size):
        if _LENGTHS[element] == stop - start:
            place = 0
            while place < stop - start and data[start + place] | 32 == _ELEMENTS[element, place] | 32:
                place += 1
            if place == stop - start:
                return element
    return -1


@kernel
def _closed_at(data: np.ndarray, size: int, state: np.ndarray, start: int, element: int) -> int:
    """Where an element, or a comment, is closed next; ``size`` if it is not.

    What was found is kept for the next one, so that a thousand openers and no end cost one search.
    """
    at = state[CLOSERS + element]
    if at >= start:
        return at
    at = start
    while at < size and not _closes(data, at, element):
        at += 1
    state[CLOSERS + element] = at
    return at


@kernel(inline="always")
def _closes(data: np.ndarray, at: int, element: int) -> bool:
    if element == _COMMENT:
        return bool(data[at] == _HYPHEN and data[at + 1] == _HYPHEN and data[at + 2] == _MORE)
    if data[at] != _LESS or data[at + 1] != _SLASH:
        return False
    place = 0
    while place < _LENGTHS[element] and data[at + 2 + place] | 32 == _ELEMENTS[element, place] | 32:
        place += 1
    return bool(place == _LENGTHS[element] and not _in_name(data[at + 2 + place]))
