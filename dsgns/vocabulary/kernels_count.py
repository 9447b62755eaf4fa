"""Kernels that put words into a table and add to their values, and that take them out again."""

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
    PENDING,
    SHORT,
    WORDS,
    Batch,
    WordTable,
    find_homes,
    find_long,
    find_slot,
    find_words,
    hash_bits,
    hash_long,
    word_bits,
)

_U = np.uint64
_LINE_FEED = _U(10)
BUCKETS = 1024
"""Words are taken out in the order of this many buckets by hash, so that others may be merged in any ranges."""


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
    step = _U(amounts.size > 1)
    while cursor[BLOCK] <= size // 64:
        first = batch.starts[0] if cursor[PENDING] else cursor[BLOCK] * _U(64)
        if not has_room(table, int(cursor[BLOCK] * _U(64) + _U(BATCH) - first)):
            return False
        done = cursor[WORDS]
        words = find_words(data, size, cursor, batch)
        find_homes(data, words, table.slots, batch)
        for word in range(words):
            at, amount = _U(batch.starts[word]), amounts[(done + _U(word)) * step]
            length = _U(batch.ends[word]) - at
            if length > _U(INLINE):
                _add_long(table, data, np.int64(at), np.int64(length), amount)
                continue
            low, middle, high = word_bits(data, at, length)
            slot = find_slot(table.slots, _U(batch.homes[word]), low, middle, high)
            if table.slots[slot] == 0:
                table.slots[slot], table.slots[slot + _U(1)], table.slots[slot + _U(2)] = low, middle, high
                table.fill[SHORT] += 1
            table.slots[slot + _U(3)] += amount
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
        table.fill[SHORT] + BATCH <= table.slots.size // 8
        and table.fill[LONG] + BATCH // INLINE + 2 <= min(table.long_values.size, table.long_slots.size // 2)
        and table.fill[ARENA] + size + 8 <= table.arena.size
    )


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


@kernel
def refill(old: np.ndarray, new: np.ndarray) -> None:
    """Move the short words of a table's slots into larger, empty ones."""
    mask = _U(new.size // 4 - 1)
    for start in range(_U(0), _U(old.size), _U(4)):
        low, middle, high = old[start], old[start + _U(1)], old[start + _U(2)]
        if low:
            home = (hash_bits(low, middle, high) >> _U(32)) & mask
            slot = find_slot(new, home, low, middle, high)
            new[slot], new[slot + _U(1)], new[slot + _U(2)] = low, middle, high
            new[slot + _U(3)] = old[start + _U(3)]


@kernel
def refill_long(table: WordTable) -> None:
    """Enter the long words of a table into its empty ``long_slots``."""
    mask = table.long_slots.size - 1
    for number in range(table.fill[LONG]):
        place = np.int64(table.long_hashes[number]) & mask
        while table.long_slots[place]:
            place = (place + 1) & mask
        table.long_slots[place] = number + 1


@kernel
def survey(table: WordTable, words: np.ndarray, sizes: np.ndarray) -> np.uint64:
    """How many words a table has in each bucket, and of how many bytes.

    Parameters
    ----------
    words, sizes
        int64, shape (BUCKETS,), added to; the space after each word is counted with its bytes.

    Returns
    -------
    uint64
        The value of the line feed, which is no word.
    """
    line_feeds = _U(0)
    for start in range(_U(0), _U(table.slots.size), _U(4)):
        low, middle, high = table.slots[start], table.slots[start + _U(1)], table.slots[start + _U(2)]
        if low == _LINE_FEED:
            line_feeds = table.slots[start + _U(3)]
        elif low:
            bucket = _bucket(hash_bits(low, middle, high))
            words[bucket] += 1
            sizes[bucket] += _length(low) + _length(middle) + _length(high) + 1
    for number in range(table.fill[LONG]):
        bucket = _bucket(table.long_hashes[number])
        words[bucket] += 1
        sizes[bucket] += table.long_ends[number + 1] - table.long_ends[number] + 1
    return line_feeds


@kernel
def take_out(table: WordTable, words: np.ndarray, sizes: np.ndarray, out: np.ndarray, values: np.ndarray) -> None:
    """Write out the words of a table, each followed by a space, and their values, bucket after bucket.

    The table is read once from end to end and written from to as many places as there are buckets: reading it
    in the order of the buckets took five times as long.

    Parameters
    ----------
    words, sizes
        int64, shape (BUCKETS,): where in ``values`` and in ``out`` each bucket begins; moved on to where it ends.
    out
        uint8, overwritten.
    values
        uint64, overwritten.
    """
    for start in range(_U(0), _U(table.slots.size), _U(4)):
        low, middle, high = table.slots[start], table.slots[start + _U(1)], table.slots[start + _U(2)]
        if low and low != _LINE_FEED:
            bucket = _bucket(hash_bits(low, middle, high))
            at = sizes[bucket]
            for bits in (low, middle, high):
                while bits:
                    out[at] = bits & _U(255)
                    bits >>= _U(8)
                    at += 1
            out[at] = 32
            values[words[bucket]] = table.slots[start + _U(3)]
            words[bucket], sizes[bucket] = words[bucket] + 1, at + 1
    for number in range(table.fill[LONG]):
        bucket = _bucket(table.long_hashes[number])
        start, stop = table.long_ends[number], table.long_ends[number + 1]
        at = sizes[bucket] + stop - start
        out[sizes[bucket] : at] = table.arena[start:stop]
        out[at] = 32
        values[words[bucket]] = table.long_values[number]
        words[bucket], sizes[bucket] = words[bucket] + 1, at + 1


@kernel
def _bucket(bits: np.uint64) -> int:
    # Bits that neither decide the place in a table of up to 2^32 slots nor are poorly mixed.
    return np.int64((bits >> _U(22)) & _U(BUCKETS - 1))  # type: ignore[return-value]


@kernel
def _length(bits: np.uint64) -> int:
    """Bytes of a word in an integer; no byte of a word is NUL, so it ends where all that follow are."""
    length = 0
    while bits:
        bits >>= _U(8)
        length += 1
    return length
