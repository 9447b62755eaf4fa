"""Kernels that look words up in a table: their values as numbers."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.vocabulary.kernels import (
    INLINE,
    Batch,
    WordTable,
    find_long,
    find_middle,
    find_short,
    hash_long,
    part_words,
    word_bits,
)

UNKNOWN = -2
"""The number of a word that is not in the table."""

_U = np.uint64


@kernel
def number_batch(data: np.ndarray, words: int, table: WordTable, batch: Batch, ids: np.ndarray) -> None:
    """The numbers of the words and line feeds of a batch.

    Parameters
    ----------
    words
        How many there are.
    table
        Words with their numbers as values.
    ids
        int32, shape (words,), overwritten.
    """
    short = part_words(data, words, table, batch)
    _number_short(table, batch, short, ids)
    _number_others(table, data, batch, words - short, ids)


@kernel
def _number_short(table: WordTable, batch: Batch, words: int, ids: np.ndarray) -> None:
    for word in range(_U(words)):
        slot = find_short(table.short, batch.bits[word])
        known = np.int32(table.short[slot + _U(1)])
        ids[batch.short[word]] = known if table.short[slot] == batch.bits[word] else np.int32(UNKNOWN)


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
        ids[word] = known if table.middle[slot] else np.int32(UNKNOWN)


@kernel
def _long_number(table: WordTable, data: np.ndarray, at: int, length: int) -> int:
    bits = hash_long(data, _U(at), _U(length))
    number = table.long_slots[find_long(table, data, at, length, bits)] - 1
    return np.int64(table.long_values[number]) if number >= 0 else UNKNOWN  # type: ignore[return-value]
