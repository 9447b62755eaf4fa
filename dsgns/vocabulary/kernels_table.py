"""Kernels that move the words of a table: into a larger one, or out of it."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.kernels import LONG, MIDDLE_WIDTH, SHORT_WIDTH, WordTable, hash_bits, hash_short, home_of
from dsgns.vocabulary.lanes import leading_zeros

_U = np.uint64
_LINE_FEED = _U(10)
BUCKETS = 1024
"""Words are taken out in the order of this many buckets by hash, so that others may be merged in any ranges."""


@kernel
def refill(old: np.ndarray, new: np.ndarray, width: int) -> None:
    """Move the words of a table's slots, of ``width`` integers, into larger, empty ones."""
    for start in range(0, old.size, width):
        if old[start]:
            slot = home_of(_hash_at(old, start, width), new, width)
            while new[slot]:
                slot = (slot + _U(width)) & _U(new.size - 1)
            new[slot : slot + _U(width)] = old[start : start + width]


@kernel
def refill_long(table: WordTable) -> None:
    """Enter the long words of a table into its empty ``long_slots``."""
    mask = table.long_slots.size - 1
    for number in range(table.fill[LONG]):
        place = np.int64(table.long_hashes[number]) & mask
        while table.long_slots[place]:
            place = (place + 1) & mask
        table.long_slots[place] = number + 1


@kernel(cache=not PLAIN)
def survey(table: WordTable, least: int, words: np.ndarray, sizes: np.ndarray) -> np.uint64:
    """How many words a table has in each bucket, and of how many bytes, of those with a value of at least ``least``.

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
    for slots, width in ((table.short, SHORT_WIDTH), (table.middle, MIDDLE_WIDTH)):
        for start in range(0, slots.size, width):
            value = slots[start + width - 1]
            if slots[start] == _LINE_FEED:
                line_feeds = value
            elif slots[start] and value >= _U(least):
                bucket = _bucket(_hash_at(slots, start, width))
                words[bucket] += 1
                sizes[bucket] += _length_at(slots, start, width) + 1
    for number in range(table.fill[LONG]):
        if table.long_values[number] >= _U(least):
            bucket = _bucket(table.long_hashes[number])
            words[bucket] += 1
            sizes[bucket] += table.long_ends[number + 1] - table.long_ends[number] + 1
    return line_feeds


@kernel(cache=not PLAIN)
def take_out(
    table: WordTable, least: int, words: np.ndarray, sizes: np.ndarray, out: np.ndarray, values: np.ndarray
) -> None:
    """Write out the words of a table, each followed by a space, and their values, bucket after bucket.

    The table is read once from end to end and written from to as many places as there are buckets: reading it
    in the order of the buckets took five times as long.

    Parameters
    ----------
    least
        Words with a smaller value are left out.
    words, sizes
        int64, shape (BUCKETS,): where in ``values`` and in ``out`` each bucket begins; moved on to where it ends.
    out
        uint8, overwritten.
    values
        uint64, overwritten.
    """
    for slots, width in ((table.short, SHORT_WIDTH), (table.middle, MIDDLE_WIDTH)):
        for start in range(0, slots.size, width):
            value = slots[start + width - 1]
            if slots[start] and slots[start] != _LINE_FEED and value >= _U(least):
                bucket = _bucket(_hash_at(slots, start, width))
                at = sizes[bucket]
                for place in range(_length_at(slots, start, width)):
                    out[at] = (slots[start + (place >> 3)] >> (_U(8) * _U(place & 7))) & _U(255)
                    at += 1
                out[at] = 32
                values[words[bucket]] = value
                words[bucket], sizes[bucket] = words[bucket] + 1, at + 1
    for number in range(table.fill[LONG]):
        if table.long_values[number] >= _U(least):
            bucket = _bucket(table.long_hashes[number])
            start, stop = table.long_ends[number], table.long_ends[number + 1]
            at = sizes[bucket] + stop - start
            out[sizes[bucket] : at] = table.arena[start:stop]
            out[at] = 32
            values[words[bucket]] = table.long_values[number]
            words[bucket], sizes[bucket] = words[bucket] + 1, at + 1


@kernel
def _hash_at(slots: np.ndarray, start: int, width: int) -> np.uint64:
    """The hash of the word in a slot."""
    if width == SHORT_WIDTH:
        return hash_short(slots[start])
    return hash_bits(slots[start], slots[start + 1], slots[start + 2])


@kernel
def _length_at(slots: np.ndarray, start: int, width: int) -> int:
    """Bytes of the word in a slot; no byte of a word is NUL, so it ends where all that follow are."""
    length = 8 * (width - 1)
    for place in range(start + width - 2, start - 1, -1):
        if slots[place]:
            return length - np.int64(leading_zeros(slots[place]) >> _U(3))  # type: ignore[return-value]
        length -= 8
    return length


@kernel
def _bucket(bits: np.uint64) -> int:
    # None of the bits that decide the place in a table of up to 2^22 slots.
    return np.int64(bits >> _U(54))  # type: ignore[return-value]
