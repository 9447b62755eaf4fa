"""Text with its phrases made words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from dsgns.corpus.grid import BREAK
from dsgns.corpus.kernels_documents import FILTERED
from dsgns.corpus.readers import SLACK
from dsgns.corpus.streams import Stream
from dsgns.phrases.kernels import (
    PairTable,
    PlacedWords,
    count_settled,
    fill_pairs,
    join_pairs,
    place_words,
    weave,
)
from dsgns.phrases.table import Phrases
from dsgns.vocabulary.kernels import cursor_at_start, empty_batch
from dsgns.vocabulary.numbered import numbered
from dsgns.vocabulary.words import Words


class Joiner:
    """Marked text to marked text in which phrases are words.

    Parameters
    ----------
    phrases
        Those of all passes; each pass goes over what the one before it left.
    delimiter
        The byte between the words of a phrase.
    """

    def __init__(self, phrases: Phrases, delimiter: str) -> None:
        block = phrases.arrays()
        words = Words(block["bytes"], block["offsets"], np.zeros(len(phrases.words), np.int64))
        self._table, self._batch, self._delimiter = numbered(words), empty_batch(), ord(delimiter)
        self._passes = [_pair_table(phrases, start, stop) for start, stop in pairwise(phrases.bounds.tolist())]
        self._reaches = _reaching(phrases)
        self._held: dict[int, bytes] = {}

    def join(self, stretches: Iterator[Stream]) -> Iterator[Stream]:
        """Stretches of marked text with their destinations, phrases joined in all but those that are filtered.

        Parameters
        ----------
        stretches
            As :func:`~dsgns.corpus.streams.read_tokens` gives them with ``parts``.
        """
        for goes, data, size in stretches:
            if goes == FILTERED:
                yield goes, data, size
            elif size == 1 and data[0] == BREAK:
                yield from self._rest(goes)
                yield goes, data, size
            else:
                yield goes, *self._joined(goes, data, size)
        for goes in list(self._held):
            yield from self._rest(goes)

    def _rest(self, goes: int) -> Iterator[Stream]:
        """What was held back for the sake of what might follow."""
        if goes in self._held:
            yield goes, *self._joined(goes, np.empty(SLACK, np.uint8), 0, last=True)

    def _joined(self, goes: int, data: np.ndarray, size: int, last: bool = False) -> tuple[np.ndarray, int]:
        if held := self._held.pop(goes, b""):
            # Stretches are parted, whether or not there is white space between them.
            data = np.concatenate([np.frombuffer(held + b" ", np.uint8), data[:size], np.zeros(SLACK, np.uint8)])
            size = data.size - SLACK
        placed = PlacedWords(*(np.empty(size + 2, dtype) for dtype in (np.int32, np.uint32, np.uint32)))
        words = place_words(data, size, self._table, self._batch, cursor_at_start(), placed)
        settled = words if last else int(count_settled(placed.ids, words, self._reaches))
        joined, heads = np.zeros(settled, np.bool_), np.arange(settled, dtype=np.int32)
        left = settled
        for table in self._passes:
            left = join_pairs(placed.ids, heads, left, table, joined)
        weave(data, placed, joined, settled, self._delimiter)
        if settled == words:
            return data, size
        end = int(placed.ends[settled - 1]) if settled else 0
        self._held[goes] = data[end:size].tobytes()
        return data, end


def _pair_table(phrases: Phrases, start: int, stop: int) -> PairTable:
    room = 1 << (4 * (stop - start) + 1).bit_length()
    made = np.empty(room, np.int32)
    table = PairTable(np.zeros(room, np.uint64), made, np.zeros(len(phrases.words), np.bool_))
    fill_pairs(phrases.first[start:stop], phrases.second[start:stop], phrases.made[start:stop], table)
    return table


def _reaching(phrases: Phrases) -> np.ndarray:
    """Whether each word may be the last of something that begins a phrase, bool."""
    reaches = np.zeros(len(phrases.words), np.bool_)
    reaches[phrases.first] = True
    for start, stop in reversed(list(pairwise(phrases.bounds.tolist()))):
        reaches[phrases.second[start:stop][reaches[phrases.made[start:stop]]]] = True
    return reaches
