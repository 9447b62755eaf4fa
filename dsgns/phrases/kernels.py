"""Kernels that find the words of a text, count which follow which, and join those that make a phrase."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.kernels import BLOCK, Batch, WordTable, find_words
from dsgns.vocabulary.kernels_number import number_batch

_U = np.uint64
_SPACE = np.uint8(32)
# Odd, so that multiplying by it loses nothing: pairs of frequent words, which have small numbers, come to lie anywhere.
_SPREAD = _U(0x9E3779B97F4A7C15)
_GATHER = _U(pow(0x9E3779B97F4A7C15, -1, 1 << 64))


class PlacedWords(NamedTuple):
    """The words and line feeds of a text, in arrays with room for more."""

    ids: np.ndarray
    """int32: numbers; below 0 for line feeds and unknown words."""
    starts: np.ndarray
    """uint32: where each begins."""
    ends: np.ndarray
    """uint32: where it ends."""


class PairTable(NamedTuple):
    """Pairs of words with what they make, as a hash table."""

    keys: np.ndarray
    """uint64, shape (a power of two,): see :func:`pair_key`; 0 where free."""
    made: np.ndarray
    """int32, likewise: the number of the phrase."""
    begins: np.ndarray
    """bool, shape (words,): whether a word is the first of a pair."""


@kernel
def pair_key(first: int, second: int) -> np.uint64:
    """A pair of word numbers as one integer that is not 0, its upper bits well mixed; no two pairs share one."""
    return ((_U(first) << _U(32)) + _U(second) + _U(1)) * _SPREAD


@kernel
def part_keys(keys: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    """The word numbers, int32, that keys were made of."""
    for place in range(keys.size):
        pair = keys[place] * _GATHER - _U(1)
        first[place] = np.int32(pair >> _U(32))
        second[place] = np.int32(pair & _U(0xFFFFFFFF))


@kernel(cache=not PLAIN)
def place_words(
    data: np.ndarray, size: int, table: WordTable, batch: Batch, cursor: np.ndarray, placed: PlacedWords
) -> int:
    """Find the words of a text and look them up.

    Parameters
    ----------
    data
        uint8, with at least 96 bytes to spare after the first ``size``.
    table
        Words with their numbers as values.
    placed
        Arrays of at least size + 2 elements, overwritten.

    Returns
    -------
    int
        How many words and line feeds there are.
    """
    written = 0
    while cursor[BLOCK] <= size // 64:
        words = find_words(data, size, cursor, batch)
        number_batch(data, words, table, batch, placed.ids[written : written + words])
        placed.starts[written : written + words] = batch.starts[:words]
        placed.ends[written : written + words] = batch.ends[:words]
        written += words
        batch.starts[0] = batch.starts[words]
    return written


@kernel
def write_pairs(ids: np.ndarray, before: int, partners: np.ndarray, keys: np.ndarray) -> int:
    """The keys of all pairs of neighbours that may come to be phrases.

    Parameters
    ----------
    ids
        int32: numbers of words by falling count; below 0 for what no pair reaches across.
    before
        The number in front of the first, or below 0.
    partners
        int32, shape (words,): of each word the most frequent one that it may make a phrase with, being the rarer one.
    keys
        uint64, shape (at least ids.size,), overwritten.

    Returns
    -------
    int
        How many there are.
    """
    written, first = 0, np.int32(before)
    for place in range(ids.size):
        second = ids[place]
        often, seldom = min(first, second), max(first, second)
        keys[written] = pair_key(first, second)
        written += (often >= 0) & (often >= partners[max(seldom, 0)])
        first = second
    return written


@kernel
def fill_pairs(first: np.ndarray, second: np.ndarray, made: np.ndarray, table: PairTable) -> None:
    """Enter pairs into an empty table with more than twice the room, in place."""
    mask = _U(table.keys.size - 1)
    for place in range(first.size):
        key = pair_key(first[place], second[place])
        slot = (key >> _U(32)) & mask
        while table.keys[slot]:
            slot = (slot + _U(1)) & mask
        table.keys[slot], table.made[slot] = key, made[place]
        table.begins[first[place]] = True


@kernel
def _find(table: PairTable, first: int, second: int) -> int:
    """The number of the phrase that two words make; -1 if they make none."""
    mask, key = _U(table.keys.size - 1), pair_key(first, second)
    slot = (key >> _U(32)) & mask
    while table.keys[slot]:
        if table.keys[slot] == key:
            return np.int64(table.made[slot])  # type: ignore[return-value]
        slot = (slot + _U(1)) & mask
    return -1


@kernel
def count_settled(ids: np.ndarray, words: int, reaches: np.ndarray) -> int:
    """How many of the first ``words`` words are settled, whatever comes behind them.

    Parameters
    ----------
    reaches
        bool, shape (numbers,): whether a word may be the last of something that begins a phrase.
    """
    while words and ids[words - 1] >= 0 and reaches[ids[words - 1]]:
        words -= 1
    return words


@kernel
def join_pairs(ids: np.ndarray, heads: np.ndarray, words: int, table: PairTable, joined: np.ndarray) -> int:
    """Join words that make a phrase, greedily from left to right, as word2phrase does.

    Parameters
    ----------
    ids, heads
        int32: numbers, and which word of the text each begins with. Changed in place: a phrase becomes one.
    words
        How many there are.
    joined
        bool: set for the words of the text that are joined to the one before.

    Returns
    -------
    int
        How many there are now.
    """
    written = at = 0
    while at < words:
        made, head, first = ids[at], heads[at], ids[at]
        at += 1
        if at < words and first >= 0 and ids[at] >= 0 and table.begins[first]:
            found = _find(table, first, ids[at])
            if found >= 0:
                joined[heads[at]] = True
                made, at = np.int32(found), at + 1
        ids[written], heads[written] = made, head
        written += 1
    return written


@kernel
def weave(data: np.ndarray, placed: PlacedWords, joined: np.ndarray, words: int, delimiter: int) -> None:
    """Write phrases as words, in place: the delimiter for the white space within them.

    More than one byte of white space is moved in front of the phrase, so that nothing else need be.
    """
    begin = np.int64(0)
    for word in range(words):
        start = np.int64(placed.starts[word])
        if not joined[word]:
            begin = start
            continue
        end = np.int64(placed.ends[word - 1])
        gap = start - end - 1
        if gap:
            for place in range(end - 1, begin - 1, -1):
                data[place + gap] = data[place]
            data[begin : begin + gap] = _SPACE
            begin += gap
        data[start - 1] = np.uint8(delimiter)
