"""Kernels for the stack of what is open in wikitext: braces, tables, links.

The stack is a list linked through the array ``cut`` of :mod:`dsgns.corpus.wiki.kernels_cuts`, so that no text can make
it overflow: an opener is two bytes or more long, and until it is closed its first place holds a number about it and its
second the opener below it, both as numbers that are not above zero. What kind of opener it is, the text itself says.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

TOP, BRACES, TABLES, GALLERY, CLOSERS = 0, 1, 2, 3, 4
"""Places in ``state``: the opener on top, -1 for none; open braces; open tables; where a gallery ends; and from the
last one on, for each kind of element whose content is not wikitext, where it is closed next."""

OPEN, PIPE = 123, 124


@kernel
def push(cut: np.ndarray, state: np.ndarray, at: int, number: int) -> None:
    """Put the opener at a place on the stack, with a number about it that is not below zero."""
    cut[at], cut[at + 1] = -number, -(state[TOP] + 2)
    state[TOP] = at


@kernel
def pop(data: np.ndarray, cut: np.ndarray, state: np.ndarray) -> int:
    """Where the opener on top is, which is taken off the stack."""
    top = state[TOP]
    state[TOP] = -cut[top + 1] - 2
    if data[top] == OPEN:
        state[TABLES if is_table(data, top) else BRACES] -= 1
    return top


@kernel(inline="always")
def is_table(data: np.ndarray, opener: int) -> bool:
    """Whether this is the beginning of a table."""
    return bool(data[opener] == OPEN and data[opener + 1] == PIPE)
