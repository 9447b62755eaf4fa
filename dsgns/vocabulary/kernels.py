"""A hash table of words kept in arrays, and the kernels that find words in text.

Text passes in batches of 4 KiB, in loops without unforeseeable branches: where words begin and end (masks of 64
bytes at a time), where in the table each would lie (asking for the cache line ahead of time), and the probe. Nine
words in ten have up to 8 bytes: they are one integer, beside which their value lies, four slots to a cache line.
Words of up to 24 bytes are three integers; longer ones, seldom, are compared by 64 bits of hash and then byte by
byte. Telling the first two kinds apart is no branch either: every word is entered in both lists, and stays in one.

A line feed is a word of its own, so that the ends of documents are counted, and later encoded, like any word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN, prefetch
from dsgns.vocabulary.lanes import up_to, write_bits

BATCH = 4096
"""Bytes of text in a batch: some 700 words, whose cache lines are under way together."""

EIGHT = 8
"""Bytes of the longest word that is one integer."""

INLINE = 24
"""Bytes of the longest word that is kept in its slot."""

SHORT_WIDTH, MIDDLE_WIDTH = 2, 4
"""Integers in a slot: of the word, and its value."""

SHORT, MIDDLE, LONG, ARENA = 0, 1, 2, 3
"""What ``WordTable.fill`` counts: words of each kind, bytes of long words."""

BLOCK, IN_SPACE, AFTER_LINE_FEED, PENDING, WORDS = 0, 1, 2, 3, 4
"""What a cursor holds, uint64: the next block of 64 bytes, whether the byte before it is white space, whether it is
a line feed, how many words (0 or 1) have begun and not ended, and how many words and line feeds have ended."""

_U = np.uint64
_ONE, _TOP, _BLOCK = _U(1), _U(63), _U(64)
_SPACE, _LINE_FEED, _BEFORE_LINE_FEED = np.uint8(32), np.uint8(10), np.uint8(9)
_K1, _K2, _K3 = _U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F), _U(0x165667B19E3779F9)

# Eight bytes of this, read at 24 - n, 32 - n and 40 - n, are the masks of a word of n bytes.
_MASKS = np.repeat(np.array([255, 0], np.uint8), INLINE)
# Of a word of up to 8 bytes, at once.
_SHORT_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(EIGHT + 1)], np.uint64)


class WordTable(NamedTuple):
    """Words with a value each; all arrays are changed in place."""

    short: np.ndarray
    """uint64, shape (2 capacity,), capacity a power of two: a word of up to 8 bytes, filled up with NULs, and its
    value."""
    middle: np.ndarray
    """uint64, shape (4 capacity,), likewise: a word of 9 to 24 bytes and its value."""
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
    """int64, shape (4,): see ``SHORT`` and the names beside it."""


class Batch(NamedTuple):
    """The words of one batch, with room for 64 numbers more than there can be words."""

    starts: np.ndarray
    """uint32: where each word begins."""
    ends: np.ndarray
    """uint32: where it ends."""
    short: np.ndarray
    """uint32: which words are short."""
    other: np.ndarray
    """uint32: which are not."""
    bits: np.ndarray
    """uint64: the short words themselves."""
    homes: np.ndarray
    """uint32: where the table's search for the others begins."""


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
def hash_short(bits: np.uint64) -> np.uint64:
    """64 bits of hash of a word of up to 8 bytes, the upper half well mixed; no two words share one."""
    return (bits ^ (bits >> _U(29))) * _K1


@kernel
def hash_bits(low: np.uint64, middle: np.uint64, high: np.uint64) -> np.uint64:
    """64 bits of hash of a word of 9 to 24 bytes, the upper half well mixed."""
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


@kernel
def home_of(bits: np.uint64, slots: np.ndarray, width: int) -> np.uint64:
    """Index of the slot where the search for a word with this hash begins."""
    return ((bits >> _U(32)) * _U(width)) & _U(slots.size - 1)


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
    last = min(block + _U(BATCH // 64), _U(size // 64 + 1))
    for number in range(block, last):
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
        begun += write_bits(starts, base, batch.starts, begun)
        ended += write_bits(ends, base, batch.ends, ended)
    cursor[BLOCK], cursor[PENDING] = last, begun - ended
    cursor[IN_SPACE], cursor[AFTER_LINE_FEED] = space, line_feed
    cursor[WORDS] += ended
    return ended  # type: ignore[return-value]


@kernel(cache=not PLAIN)
def part_words(data: np.ndarray, words: int, table: WordTable, batch: Batch) -> int:
    """Part the words of a batch by length; the cache lines where they may lie in the table are asked for.

    Parameters
    ----------
    words
        How many there are.
    batch
        Its ``short``, ``other``, ``bits`` and ``homes`` are filled.

    Returns
    -------
    int
        How many are short.
    """
    short = other = _U(0)
    for word in range(_U(words)):
        at = _U(batch.starts[word])
        length = _U(batch.ends[word]) - at
        bits = _eight(data, at) & _SHORT_MASKS[min(length, _U(EIGHT))]
        batch.bits[short], batch.short[short], batch.other[other] = bits, word, word
        short, other = short + _U(length <= _U(EIGHT)), other + _U(length > _U(EIGHT))
    for number in range(short):
        prefetch(table.short, home_of(hash_short(batch.bits[number]), table.short, SHORT_WIDTH))
    for number in range(other):
        at = _U(batch.starts[batch.other[number]])
        low, middle, high = word_bits(data, at, _U(batch.ends[batch.other[number]]) - at)
        home = home_of(hash_bits(low, middle, high), table.middle, MIDDLE_WIDTH)
        batch.homes[number] = home
        prefetch(table.middle, home)
    return short  # type: ignore[return-value]


@kernel
def find_short(slots: np.ndarray, bits: np.uint64) -> np.uint64:
    """Index of the slot that holds a word of up to 8 bytes, or of the free one where it belongs."""
    slot = home_of(hash_short(bits), slots, SHORT_WIDTH)
    while True:
        known = slots[slot]
        if known == bits or known == 0:
            return slot
        slot = (slot + _U(SHORT_WIDTH)) & _U(slots.size - 1)


@kernel
def find_middle(slots: np.ndarray, slot: np.uint64, low: np.uint64, middle: np.uint64, high: np.uint64) -> np.uint64:
    """Index of the slot that holds a word of 9 to 24 bytes, or of the free one where it belongs, from its home on."""
    while True:
        known = slots[slot]
        same = (known ^ low) | (slots[slot + _U(1)] ^ middle) | (slots[slot + _U(2)] ^ high)
        if same == 0 or known == 0:
            return slot
        slot = (slot + _U(MIDDLE_WIDTH)) & _U(slots.size - 1)


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
    dtypes = {name: np.uint64 if name == "bits" else np.uint32 for name in Batch._fields}
    return Batch(**{name: np.empty(BATCH + 65, dtype) for name, dtype in dtypes.items()})
