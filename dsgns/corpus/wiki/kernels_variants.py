"""Kernels for the language variants of wikitext, such as ``-{zh-hans:软件; zh-hant:軟體}-``: the first is the text.

The marks are those of https://www.mediawiki.org/wiki/Writing_systems/Syntax.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

_LINE_FEED, _SPACE, _HYPHEN, _COLON, _SEMICOLON, _LEFT, _OPEN, _PIPE, _CLOSE = 10, 32, 45, 58, 59, 91, 123, 124, 125
_HIDE, _TITLE = 72, 84
_LONGEST_CODE = 10


@kernel
def cut_variants(data: np.ndarray, size: int, cut: np.ndarray, at: int) -> int:
    """Cut all but the first of some variants; the place after what opens them, whether or not they are closed.

    Parameters
    ----------
    data, size, cut
        As in :func:`dsgns.corpus.wiki.kernels_cuts.find_cuts`.
    at
        Of a brace that follows a hyphen.
    """
    text, stop, end, links = at + 1, 0, at + 1, 0
    while end < size and data[end] != _LINE_FEED and data[end] != _OPEN and data[end] != _CLOSE:
        links += data[end] == _LEFT
        if data[end] == _PIPE and text == at + 1 and links == 0:
            text = end + 1
        elif data[end] == _SEMICOLON and stop == 0:
            stop = end
        end += 1
    if data[end] != _CLOSE or data[end + 1] != _HYPHEN:
        return at + 1
    if _shows_nothing(data, at + 1, text - 1):
        cut[at - 1] = end + 2
        return end + 2
    named = _after_code(data, text, end)
    # Without the code of a variant there is only one.
    stop = stop if stop > named > text else end
    cut[at - 1], cut[stop] = named, end + 2
    return named


@kernel
def _shows_nothing(data: np.ndarray, start: int, stop: int) -> bool:
    """Whether a flag says that a rule is for other places only."""
    while start < stop and data[start] == _SPACE:
        start += 1
    return bool(start < stop and (data[start] == _HIDE or data[start] == _TITLE or data[start] == _HYPHEN))


@kernel
def _after_code(data: np.ndarray, start: int, end: int) -> int:
    """The place after the code of a variant, its colon and spaces; ``start`` if there is none."""
    at = start
    while at < min(end, start + _LONGEST_CODE) and (97 <= data[at] <= 122 or data[at] == _HYPHEN or data[at] == _SPACE):
        at += 1
    if at - start < 2 or data[at] != _COLON:
        return start
    at += 1
    while at < end and data[at] == _SPACE:
        at += 1
    return at
