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
_BATCH = 4096  # slots that are looked through at a time: the list of them stays in the first cache

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
    slots: np.ndarray, first: int, last: int, word: np.uint32, cursors: np.ndarray, positions: np.ndarray
) -> int:
    """Counting sort by word of those slots from ``first`` to ``last`` that hold certain words; how many there are.

    Those slots are listed first, a batch at a time: a branch on them would often be mispredicted, and among all words
    the rare ones took two thirds more time.

    Parameters
    ----------
    word
        The first of the words.
    cursors
        Where the positions of each begin, int32, shape (words,); where they end, after the call, if ``cursors`` and
        the length of ``positions`` were right.
    positions
        Of :class:`Occurrences`, filled here. Nothing is written beyond it, whatever is in ``slots``.
    """
    words, spare = np.uint32(len(cursors)), len(positions) - AHEAD
    batch, found = np.full(_BATCH + _WRITES_AHEAD, first, np.int32), 0
    for start in range(first, last, _BATCH):
        listed = 0
        for slot in range(start, min(start + _BATCH, last)):
            # Unsigned indices spare numba's test for negative ones.
            batch[np.uint64(listed)] = slot
            listed += int(np.uint32(slots[np.uint64(slot)]) - word < words)
        for index in range(listed):
            coming = np.uint32(slots[np.uint64(batch[np.uint64(index + _WRITES_AHEAD)])]) - word
            prefetch(positions, np.int64(cursors[min(coming, words - np.uint32(1))]))
            centre = batch[np.uint64(index)]
            row = np.uint32(slots[np.uint64(centre)]) - word
            at = cursors[row]
            positions[np.uint64(at)] = centre
            cursors[row] = at + (at < spare)
        found += listed
    positions[spare:] = first
    return found
