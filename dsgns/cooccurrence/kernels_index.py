"""Padded tokens and where each word stands in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel

AHEAD = 12
"""Positions between the window asked for and the window added: nearer hides less, farther is evicted again."""

SEPARATOR = -1
"""What ends a document in the token stream."""


class Occurrences(NamedTuple):
    """Where each word stands in a run of padded tokens."""

    slots: np.ndarray
    """Ids, int32; the dead id, one past the last word, where no window may see anything."""
    positions: np.ndarray
    """Slots of the centres, grouped by word, int32; then ``AHEAD`` more that are only ever prefetched."""
    starts: np.ndarray
    """shape (words + 1,), int64: where each word's positions begin."""


@kernel
def pad_tokens(ids: np.ndarray, slots: np.ndarray, filled: int, dead: int, window: int) -> tuple[int, int]:
    """Copy tokens into ``slots`` from ``filled`` on, a run of separators becoming ``window`` dead slots.

    So no window crosses the end of a document, and the counting loop needs no branch for it. Stops where
    ``slots`` has no room left. ``slots[filled - 1]`` must be dead if the slots before it end a document.

    Returns
    -------
    taken, filled
        Tokens consumed, and the end of what is filled now.
    """
    for taken in range(len(ids)):
        token = ids[taken]
        if token != SEPARATOR:
            if filled >= len(slots):
                return taken, filled
            slots[filled] = token
            filled += 1
        elif slots[filled - 1] != dead:
            if filled + window > len(slots):
                return taken, filled
            slots[filled : filled + window] = dead
            filled += window
    return len(ids), filled


@kernel
def index_positions(slots: np.ndarray, first: int, last: int, starts: np.ndarray, positions: np.ndarray) -> None:
    """Counting sort of ``slots[first:last]`` by word: fills ``starts`` and ``positions`` of :class:`Occurrences`."""
    words = len(starts) - 1
    starts[:] = 0
    for slot in range(first, last):
        if slots[slot] < words:
            starts[slots[slot] + 1] += 1
    for word in range(words):
        starts[word + 1] += starts[word]
    cursor = starts[:-1].copy()
    for slot in range(first, last):
        word = slots[slot]
        if word < words:
            positions[cursor[word]] = slot
            cursor[word] += 1
    positions[starts[words] : starts[words] + AHEAD] = first
