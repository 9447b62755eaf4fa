"""A table of words that grows: plain Python around the kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dsgns.corpus.kernels_documents import LINE_FEED
from dsgns.vocabulary.kernels import (
    ARENA,
    BATCH,
    BLOCK,
    INLINE,
    LONG,
    MIDDLE_WIDTH,
    PENDING,
    SHORT_WIDTH,
    WORDS,
    WordTable,
    cursor_at_start,
    empty_batch,
)
from dsgns.vocabulary.kernels_count import count_tokens, count_words, has_room
from dsgns.vocabulary.kernels_table import BUCKETS, refill, refill_long, survey, take_out

ONCE = np.ones(1, np.uint64)
"""The amount that each word adds when words are counted."""

_LEAST_LONG = 1024
_LEAST_ARENA = 1 << 16


class CountedWords(NamedTuple):
    """Words and their values, grouped by buckets of their hash."""

    text: np.ndarray
    """The words, each followed by a space, uint8."""
    values: np.ndarray
    """Of each word, uint64."""
    words_before: np.ndarray
    """int64, shape (BUCKETS + 1,): how many words are in the buckets before each one."""
    bytes_before: np.ndarray
    """int64, shape (BUCKETS + 1,): how many bytes of ``text`` they take."""


class WordCounter:
    """Words with a value each, to which every occurrence adds.

    Parameters
    ----------
    expected
        How many words there will be, to make room at once.
    most
        How many words may be held before ``spill`` gets them and the table is emptied, a power of two of at least
        8192; None for any number.
    spill
        Takes what does not fit.
    """

    def __init__(
        self, expected: int = 0, most: int | None = None, spill: Callable[[CountedWords], None] | None = None
    ) -> None:
        self._most, self._spill = most, spill
        self.batch = empty_batch()
        self.line_feeds = 0
        self.table = _empty_table(expected if most is None else min(expected, most - BATCH))

    def __len__(self) -> int:
        return int(self.table.fill[:ARENA].sum())

    def add(self, data: np.ndarray, size: int, amounts: np.ndarray = ONCE) -> int:
        """Add the words of a text.

        Parameters
        ----------
        data
            uint8, with at least 96 bytes to spare after the first ``size``.
        amounts
            uint64: what each word and line feed adds, in order; or one amount that each of them adds.

        Returns
        -------
        int
            How many words and line feeds the text has.
        """
        cursor = cursor_at_start()
        while not count_words(data, size, amounts, self.table, self.batch, cursor):
            first = int(self.batch.starts[0]) if cursor[PENDING] else int(cursor[BLOCK]) * 64
            self._make_room(int(cursor[BLOCK]) * 64 + BATCH - first)
        return int(cursor[WORDS])

    def largest(self) -> int:
        """The largest value, of a word or the line feed; 0 when there is none."""
        table = self.table
        values = table.short[1::SHORT_WIDTH], table.middle[3::MIDDLE_WIDTH], table.long_values[: table.fill[LONG]]
        return max(int(each.max(initial=0)) for each in values)

    def take(self, least: int = 1) -> CountedWords:
        """The words with a value of at least ``least``; line feeds go to ``line_feeds``, and the table is emptied."""
        words, sizes = np.zeros((2, BUCKETS), np.int64)
        self.line_feeds += int(survey(self.table, least, words, sizes))
        words_before, bytes_before = (np.append(0, np.cumsum(each)) for each in (words, sizes))
        text = np.empty(bytes_before[-1], np.uint8)
        values = np.empty(words_before[-1], np.uint64)
        take_out(self.table, least, words_before[:-1].copy(), bytes_before[:-1].copy(), text, values)
        for emptied in (self.table.short, self.table.middle, self.table.long_slots, self.table.fill):
            emptied[:] = 0
        return CountedWords(text, values, words_before, bytes_before)

    def _make_room(self, size: int) -> None:
        """Room for the words of a batch and those begun before it, ``size`` bytes in all."""
        if self._spill is not None and self._most is not None and self._is_full(self._most):
            self._spill(self.take())
        while not has_room(self.table, size):
            self.table = _grown(self.table, size)

    def _is_full(self, most: int) -> bool:
        short, middle, long, arena = self.table.fill.tolist()
        return bool(short + middle + BATCH > most or 4 * long > most or arena > INLINE * most)


def count_text(data: np.ndarray, size: int) -> tuple[int, int]:
    """How many words and how many line feeds a text has; see :meth:`WordCounter.add` for its room to spare."""
    line_feeds = int(np.count_nonzero(data[:size] == LINE_FEED))
    return int(count_tokens(data, size, empty_batch(), cursor_at_start())) - line_feeds, line_feeds


def _empty_table(expected: int) -> WordTable:
    # Of the different words of a large text six in ten have up to 8 bytes.
    short, middle = expected * 2 // 3 + BATCH, expected * 2 // 5 + BATCH
    return WordTable(
        short=np.zeros(SHORT_WIDTH * _power_of_two(2 * short), np.uint64),
        middle=np.zeros(MIDDLE_WIDTH * _power_of_two(2 * middle), np.uint64),
        long_slots=np.zeros(2 * _LEAST_LONG, np.int64),
        long_hashes=np.empty(_LEAST_LONG, np.uint64),
        long_ends=np.zeros(_LEAST_LONG + 1, np.int64),
        long_values=np.empty(_LEAST_LONG, np.uint64),
        arena=np.empty(_LEAST_ARENA, np.uint8),
        fill=np.zeros(4, np.int64),
    )


def _grown(table: WordTable, size: int) -> WordTable:
    """The same words with twice the room for what there is too little room for."""
    short, middle, _, arena = table.fill.tolist()
    if short + BATCH > table.short.size // (2 * SHORT_WIDTH):
        return table._replace(short=_twice(table.short, SHORT_WIDTH))
    if middle + BATCH > table.middle.size // (2 * MIDDLE_WIDTH):
        return table._replace(middle=_twice(table.middle, MIDDLE_WIDTH))
    if arena + size + 8 > table.arena.size:
        return table._replace(arena=np.resize(table.arena, max(2 * table.arena.size, arena + size + 8)))
    room = 2 * table.long_values.size
    grown = table._replace(
        long_slots=np.zeros(2 * room, np.int64),
        long_hashes=np.resize(table.long_hashes, room),
        long_ends=np.resize(table.long_ends, room + 1),
        long_values=np.resize(table.long_values, room),
    )
    refill_long(grown)
    return grown


def _twice(slots: np.ndarray, width: int) -> np.ndarray:
    larger = np.zeros(2 * slots.size, np.uint64)
    refill(slots, larger, width)
    return larger


def _power_of_two(least: int) -> int:
    return 1 << (least - 1).bit_length()
