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
    find_long,
    find_middle,
    find_short,
    find_words,
    hash_long,
    part_words,
    word_bits,
)

SEPARATOR = -1
"""The id that stands at the end of every document."""

_UNKNOWN = -2
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
        short = part_words(data, words, table, batch)
        ids = out[written : written + words]
        _number_short(table, batch, short, ids)
        _number_others(table, data, batch, words - short, ids)
        for word in range(words):
            # Written in any case, and kept only if found: whether a word is known cannot be foreseen.
            out[written] = ids[word]
            written += ids[word] != _UNKNOWN
        batch.starts[0] = batch.starts[words]
    return written


@kernel
def _number_short(table: WordTable, batch: Batch, words: int, ids: np.ndarray) -> None:
    for word in range(_U(words)):
        slot = find_short(table.short, batch.bits[word])
        known = np.int32(table.short[slot + _U(1)])
        ids[batch.short[word]] = known if table.short[slot] == batch.bits[word] else np.int32(_UNKNOWN)


@kernel
def _number_others(table: WordTable, data: np.ndarray, batch: Batch, words: int, ids: np.ndarray) -> None:
    for number in range(_U(words)):
        word = batch.other[number]
        at = _U(batch.starts[word])
        length = _U(batch.ends[word]) - at
        if length > INLINE:
            ids[word] = _long_number(table, data, np.int64(at), np.int64(length))
            continue
        low, middle, high = word_bits(data, at, length)
        slot = find_middle(table.middle, _U(batch.homes[number]), low, middle, high)
        known = np.int32(table.middle[slot + _U(3)])
        ids[word] = known if table.middle[slot] else np.int32(_UNKNOWN)


@kernel
def _long_number(table: WordTable, data: np.ndarray, at: int, length: int) -> int:
    bits = hash_long(data, _U(at), _U(length))
    number = table.long_slots[find_long(table, data, at, length, bits)] - 1
    return np.int64(table.long_values[number]) if number >= 0 else _UNKNOWN  # type: ignore[return-value]
