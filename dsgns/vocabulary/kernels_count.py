"""Kernels that put the words of a text into a table and add to their values."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.kernels import (
    ARENA,
    BATCH,
    BLOCK,
    INLINE,
    LONG,
    MIDDLE,
    MIDDLE_WIDTH,
    PENDING,
    SHORT,
    SHORT_WIDTH,
    WORDS,
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

_U = np.uint64


@kernel(cache=not PLAIN)
def count_words(
    data: np.ndarray, size: int, amounts: np.ndarray, table: WordTable, batch: Batch, cursor: np.ndarray
) -> bool:
    """Add to the value of each word of a text, putting new words into the table.

    Parameters
    ----------
    data
        Text, uint8, with at least 96 bytes to spare after the first ``size``.
    amounts
        uint64: what each word and line feed adds, in order; or one amount that each of them adds.
    table, cursor
        Changed in place.

    Returns
    -------
    bool
        Whether the text is done. When it is not the table is too full for the next batch: call again
        with more room and the same cursor.
    """
    while cursor[BLOCK] <= size // 64:
        first = batch.starts[0] if cursor[PENDING] else cursor[BLOCK] * _U(64)
        if not has_room(table, int(cursor[BLOCK] * _U(64) + _U(BATCH) - first)):
            return False
        added = amounts[cursor[WORDS] :] if amounts.size > 1 else amounts
        words = find_words(data, size, cursor, batch)
        short = part_words(data, words, table, batch)
        _add_short(table, batch, short, added)
        _add_others(table, data, batch, words - short, added)
        batch.starts[0] = batch.starts[words]
    return True


@kernel(cache=not PLAIN)
def count_tokens(data: np.ndarray, size: int, batch: Batch, cursor: np.ndarray) -> int:
    """How many words and line feeds a text has that nobody asks the names of."""
    while cursor[BLOCK] <= size // 64:
        words = find_words(data, size, cursor, batch)
        batch.starts[0] = batch.starts[words]
    return cursor[WORDS]


@kernel
def has_room(table: WordTable, size: int) -> bool:
    """Whether the words of a batch, and those begun before it, ``size`` bytes in all, are sure to fit."""
    return (
        table.fill[SHORT] + BATCH <= table.short.size // (2 * SHORT_WIDTH)
        and table.fill[MIDDLE] + BATCH <= table.middle.size // (2 * MIDDLE_WIDTH)
        and table.fill[LONG] + BATCH // INLINE + 2 <= min(table.long_values.size, table.long_slots.size // 2)
        and table.fill[ARENA] + size + 8 <= table.arena.size
    )


@kernel
def _add_short(table: WordTable, batch: Batch, words: int, amounts: np.ndarray) -> None:
    step = _U(amounts.size > 1)
    for word in range(_U(words)):
        slot = find_short(table.short, batch.bits[word])
        if table.short[slot] != batch.bits[word]:
            table.short[slot] = batch.bits[word]
            table.fill[SHORT] += 1
        table.short[slot + _U(1)] += amounts[_U(batch.short[word]) * step]


@kernel
def _add_others(table: WordTable, data: np.ndarray, batch: Batch, words: int, amounts: np.ndarray) -> None:
    step = _U(amounts.size > 1)
    for number in range(_U(words)):
        word = _U(batch.other[number])
        at, amount = _U(batch.starts[word]), amounts[word * step]
        length = _U(batch.ends[word]) - at
        if length > INLINE:
            _add_long(table, data, np.int64(at), np.int64(length), amount)
            continue
        low, middle, high = word_bits(data, at, length)
        slot = find_middle(table.middle, _U(batch.homes[number]), low, middle, high)
        if table.middle[slot] == 0:
            table.middle[slot], table.middle[slot + _U(1)], table.middle[slot + _U(2)] = low, middle, high
            table.fill[MIDDLE] += 1
        table.middle[slot + _U(3)] += amount


@kernel
def _add_long(table: WordTable, data: np.ndarray, at: int, length: int, amount: np.uint64) -> None:
    bits = hash_long(data, _U(at), _U(length))
    place = find_long(table, data, at, length, bits)
    if table.long_slots[place] == 0:
        number, start = table.fill[LONG], table.fill[ARENA]
        table.arena[start : start + length] = data[at : at + length]
        table.fill[LONG] += 1
        table.fill[ARENA] += length
        table.long_hashes[number], table.long_values[number] = bits, _U(0)
        table.long_ends[number], table.long_ends[number + 1] = start, start + length
        table.long_slots[place] = number + 1
    table.long_values[table.long_slots[place] - 1] += amount
