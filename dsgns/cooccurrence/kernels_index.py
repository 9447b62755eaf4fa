"""Padded tokens and where each word stands in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN, prefetch

AHEAD = 64
"""Positions between the window asked for and the window added.

At 12 a window came from memory in 13 ns, at 32 in 7, at 64 and beyond in 5.
"""

_WRITES_AHEAD = 16  # positions of rare words are written all over the memory

SEPARATOR = -1
"""What ends a document in the token stream."""


class Occurrences(NamedTuple):
    """Where each word stands in a run of padded tokens."""

    slots: np.ndarray
    """Ids, int32; the dead id, one past the last word, where no window may see anything."""
    positions: np.ndarray
    """Slots of the centres, grouped by word, int32; then ``AHEAD`` more that are only ever prefetched."""
    starts: np.ndarray
    """shape (words + 1,), int64: where each word's positions begin. Words that were not asked for have none."""


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
def count_words(slots: np.ndarray, first: int, last: int, counts: np.ndarray) -> None:
    """Set ``counts``, int64, to how often each word, and after them the dead id, is in ``slots[first:last]``."""
    counts[:] = 0
    for slot in range(first, last):
        counts[np.uint32(slots[slot])] += 1


@kernel(cache=not PLAIN)
def index_positions(
    slots: np.ndarray, first: int, last: int, cursors: np.ndarray, starts: np.ndarray, positions: np.ndarray
) -> None:
    """Counting sort of ``slots[first:last]`` by word: fills ``positions`` of :class:`Occurrences`.

    Parameters
    ----------
    cursors
        shape (words + 1,), int32, overwritten. Where each word's positions begin; for words that are not asked for,
        and the dead id, ``starts[-1]``: they are written there again and again, because a branch would often be
        mispredicted.
    """
    words = len(starts) - 1
    spare = starts[words]
    for word in range(words):
        cursors[word] = starts[word] if starts[word] < starts[word + 1] else spare
    cursors[words] = spare
    for slot in range(first, last):
        # Unsigned indices spare numba's test for negative ones.
        coming = np.uint32(slots[np.uint64(min(slot + _WRITES_AHEAD, last - 1))])
        prefetch(positions, np.int64(cursors[coming]))
        token = np.uint32(slots[np.uint64(slot)])
        at = cursors[token]
        positions[np.uint64(at)] = slot
        cursors[token] = at + (at < spare)
    positions[spare : spare + AHEAD] = first
