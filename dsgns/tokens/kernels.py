"""The kernel that writes the ids of the words of a text."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.kernels import (
    BLOCK,
    INLINE,
    Batch,
    WordTable,
    find_homes,
    find_long,
    find_slot,
    find_words,
    hash_long,
    word_bits,
)

SEPARATOR = -1
"""The id that stands at the end of every document."""

_U = np.uint64


@kernel(cache=not PLAIN)
def encode_words(
    data: np.ndarray, size: int, table: WordTable, batch: Batch, cursor: np.ndarray, out: np.ndarray
) -> int:
    """Write the ids of those words of a text that are in the table, and those of line feeds.

    Parameters
    ----------
    data
        Text, uint8, with at least 96 bytes to spare after the first ``size``.
    table
        Words with their ids as values.
    cursor
        Moved on; it counts all words and line feeds, found or not.
    out
        int32, shape (at least size + 2,), overwritten.

    Returns
    -------
    int
        How many ids were written.
    """
    written = 0
    while cursor[BLOCK] <= size // 64:
        words = find_words(data, size, cursor, batch)
        find_homes(data, words, table.slots, batch)
        for word in range(words):
            at = _U(batch.starts[word])
            length = _U(batch.ends[word]) - at
            if length > _U(INLINE):
                number = _long_number(table, data, np.int64(at), np.int64(length))
                out[written] = table.long_values[number]
                written += number >= 0
                continue
            low, middle, high = word_bits(data, at, length)
            slot = find_slot(table.slots, _U(batch.homes[word]), low, middle, high)
            # Written in any case, and kept only if found: whether a word is known cannot be foreseen.
            out[written] = np.int32(table.slots[slot + _U(3)])
            written += table.slots[slot] != 0
        batch.starts[0] = batch.starts[words]
    return written


@kernel
def _long_number(table: WordTable, data: np.ndarray, at: int, length: int) -> int:
    """Number of a word of more than 24 bytes in the table; -1 when it is not there."""
    bits = hash_long(data, np.uint64(at), np.uint64(length))
    return table.long_slots[find_long(table, data, at, length, bits)] - 1
