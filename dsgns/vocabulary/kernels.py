"""A hash table of words kept in arrays, and the kernels that find words in text and count them.

Text passes in batches of 4 KiB, in three loops without unforeseeable branches: where words begin and end (masks
of 64 bytes at a time), where in the table each would lie (asking for the cache line ahead of time), and the
probe. Words of up to 24 bytes are compared as three integers; longer ones, seldom, by 64 bits of hash and then
byte by byte. That is some eight nanoseconds a word; a probe alone, not asked for ahead, takes twelve.

A line feed is a word of its own, so that the ends of documents are counted, and later encoded, like any word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN, lowest_bit, prefetch
from dsgns.vocabulary.lanes import up_to

BATCH = 4096
"""Bytes of text in a batch: some 700 words, whose cache lines are under way together."""

INLINE = 24
"""Bytes of the longest word that is kept in its slot."""

SHORT, LONG, ARENA = 0, 1, 2
"""What ``WordTable.fill`` counts: short words, long words, bytes of long words."""

BLOCK, IN_SPACE, AFTER_LINE_FEED, PENDING, WORDS = 0, 1, 2, 3, 4
"""What a cursor holds, uint64: the next block of 64 bytes, whether the byte before it is white space, whether it is
a line feed, how many words (0 or 1) have begun and not ended, and how many words and line feeds have ended."""

_U = np.uint64
_ONE, _TOP, _BLOCK = _U(1), _U(63), _U(64)
_SPACE, _LINE_FEED, _BEFORE_LINE_FEED = np.uint8(32), np.uint8(10), np.uint8(9)
_K1, _K2, _K3 = _U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F), _U(0x165667B19E3779F9)

# Eight bytes of this, read at 24 - n, 32 - n and 40 - n, are the masks of a word of n bytes.
_MASKS = np.repeat(np.array([255, 0], np.uint8), INLINE)


class WordTable(NamedTuple):
    """Words with a value each; all arrays are changed in place."""

    slots: np.ndarray
    """uint64, shape (4 capacity,), capacity a power of two: 24 bytes of word filled up with NULs, and its value."""
    long_slots: np.ndarray
    """int64, shape (a power of two,): number of a long word plus one, 0 where free."""
    long_hashes: np.ndarray
    """uint64, shape (n,)."""
    long_ends: np.ndarray
    """int64, shape (n + 1,): long word i is ``arena[long_ends[i]:long_ends[i + 1]]``."""
    long_values: np.ndarray
    """uint64, shape (n,)."""
    arena: np.ndarray
    """uint8, with at least 8 bytes to spare."""
    fill: np.ndarray
    """int64, shape (3,): see ``SHORT``, ``LONG``, ``ARENA``."""


class Batch(NamedTuple):
    """Room for the words of one batch, uint32, shape (BATCH + 1,) each."""

    starts: np.ndarray
    ends: np.ndarray
    homes: np.ndarray


@kernel
def _eight(data: np.ndarray, at: np.uint64) -> np.uint64:
    """Eight bytes as a little-endian integer; LLVM makes one load of this."""
    bits = _U(data[at])
    for place in range(_U(1), _U(8)):
        bits |= _U(data[at + place]) << (_U(8) * place)
    return bits


@kernel
def word_bits(data: np.ndarray, at: np.uint64, length: np.uint64) -> tuple:
    """The first 24 bytes of a word as three integers, with NULs after its end."""
    rest = _U(INLINE) - min(length, _U(INLINE))
    low = _eight(data, at) & _eight(_MASKS, rest)
    middle = _eight(data, at + _U(8)) & _eight(_MASKS, rest + _U(8))
    high = _eight(data, at + _U(16)) & _eight(_MASKS, rest + _U(16))
    return low, middle, high


@kernel
def hash_bits(low: np.uint64, middle: np.uint64, high: np.uint64) -> np.uint64:
    """64 bits of hash, the upper half well mixed; two different words of up to 8 bytes never share one."""
    bits = (low * _K1) ^ (middle * _K2) ^ (high * _K3)
    return (bits ^ (bits >> _U(32))) * _K1


@kernel
def hash_long(data: np.ndarray, at: np.uint64, length: np.uint64) -> np.uint64:
    """64 bits of hash of a word longer than 24 bytes."""
    bits = length
    place = _U(0)
    while place < length:
        low, middle, high = word_bits(data, at + place, min(length - place, _U(INLINE)))
        bits = hash_bits(bits ^ low, middle, high)
        bits ^= bits >> _U(29)
        place += _U(INLINE)
    return bits


@kernel(cache=not PLAIN)
def find_words(data: np.ndarray, size: int, cursor: np.ndarray, batch: Batch) -> int:
    """Where the words and line feeds of the next batch begin and end.

    Parameters
    ----------
    data
        Text, uint8, with at least 96 bytes to spare after the first ``size``, which count as white space.
    cursor
        Moved on, see ``BLOCK`` and the names after it.
    batch
        ``starts`` and ``ends`` are filled. A word that goes on beyond the batch is left for the next one, as
        its first.

    Returns
    -------
    int
        How many words and line feeds have ended in the batch.
    """
    block, space, line_feed = cursor[BLOCK], cursor[IN_SPACE], cursor[AFTER_LINE_FEED]
    begun, ended = cursor[PENDING], _U(0)
    for number in range(block, min(block + _U(BATCH // 64), _U(size // 64 + 1))):
        base = number * _BLOCK
        spaces, line_feeds = up_to(data, base, _SPACE), up_to(data, base, _LINE_FEED)
        line_feeds &= ~up_to(data, base, _BEFORE_LINE_FEED)
        if base + _BLOCK > _U(size):
            beyond = ~_U(0) << (_U(size) - base)
            spaces, line_feeds = spaces | beyond, line_feeds & ~beyond
        before = (spaces << _ONE) | space
        starts = (~spaces & before) | line_feeds
        ends = (spaces & ~before) | (line_feeds << _ONE) | line_feed
        space, line_feed = spaces >> _TOP, line_feeds >> _TOP
        while starts:
            batch.starts[begun] = base + _U(lowest_bit(starts))
            starts &= starts - _ONE
            begun += _ONE
        while ends:
            batch.ends[ended] = base + _U(lowest_bit(ends))
            ends &= ends - _ONE
            ended += _ONE
    cursor[BLOCK] = min(block + _U(BATCH // 64), _U(size // 64 + 1))
    cursor[IN_SPACE], cursor[AFTER_LINE_FEED], cursor[PENDING] = space, line_feed, begun - ended
    cursor[WORDS] += ended
    return ended  # type: ignore[return-value]


@kernel(cache=not PLAIN)
def find_homes(data: np.ndarray, words: int, slots: np.ndarray, batch: Batch) -> None:
    """Where the table's search for each word of the batch begins; the cache lines are asked for."""
    mask = _U(slots.size // 4 - 1)
    for word in range(words):
        at = _U(batch.starts[word])
        low, middle, high = word_bits(data, at, _U(batch.ends[word]) - at)
        home = (hash_bits(low, middle, high) >> _U(32)) & mask
        batch.homes[word] = home
        prefetch(slots, home * _U(4))


@kernel
def find_slot(slots: np.ndarray, home: np.uint64, low: np.uint64, middle: np.uint64, high: np.uint64) -> np.uint64:
    """Index of the slot that holds a word of up to 24 bytes, or of the free one where it belongs."""
    mask = _U(slots.size - 1)
    slot = home * _U(4)
    while True:
        known = slots[slot]
        same = (known ^ low) | (slots[slot + _U(1)] ^ middle) | (slots[slot + _U(2)] ^ high)
        if same == 0 or known == 0:
            return slot
        slot = (slot + _U(4)) & mask


@kernel
def find_long(table: WordTable, data: np.ndarray, at: int, length: int, bits: np.uint64) -> int:
    """Index in ``long_slots`` of a word of more than 24 bytes, or of the free place where it belongs."""
    mask = table.long_slots.size - 1
    place = np.int64(bits) & mask
    while table.long_slots[place]:
        number = table.long_slots[place] - 1
        if table.long_hashes[number] == bits and _same(table, number, data, at, length):
            break
        place = (place + 1) & mask
    return place  # type: ignore[return-value]


@kernel
def _same(table: WordTable, number: int, data: np.ndarray, at: int, length: int) -> bool:
    start = table.long_ends[number]
    if table.long_ends[number + 1] - start != length:
        return False
    return bool(np.all(table.arena[start : start + length] == data[at : at + length]))


def cursor_at_start() -> np.ndarray:
    """The cursor of a text that has not been begun, shape (5,), uint64."""
    return np.array([0, 1, 0, 0, 0], np.uint64)


def empty_batch() -> Batch:
    """Room for the words of one batch."""
    return Batch(*(np.empty(BATCH + 1, np.uint32) for _ in Batch._fields))
