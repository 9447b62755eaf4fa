"""A vocabulary as the table that text is encoded with, and ids that grow by pieces."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output
from dsgns.tokens.kernels import SEPARATOR, encode_words
from dsgns.vocabulary.kernels import WORDS, cursor_at_start
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words

_SLACK = 96
_LEAST = 1 << 20


class Encoder:
    """Text to ids.

    Parameters
    ----------
    words
        The vocabulary; a word's position is its id.
    """

    def __init__(self, words: Words) -> None:
        counter = WordCounter(expected=words.counts.size + 1)
        text = np.concatenate([words.spaced(), np.full(1 + _SLACK, 10, np.uint8)])
        # A line feed adds the separator, which as an unsigned integer wraps around and as an id back again.
        ids = np.append(np.arange(words.counts.size, dtype=np.int64), [SEPARATOR, 0]).view(np.uint64)
        counter.add(text, text.size - _SLACK, ids)
        self._table, self._batch = counter.table, counter.batch

    @classmethod
    def of(cls, vocabulary: Output) -> Encoder:
        """The encoder of a completed vocabulary."""
        block = vocabulary.read("words")
        return cls(Words(block["bytes"], block["offsets"], block["counts"]))

    def encode(self, data: np.ndarray, size: int, ids: Ids) -> int:
        """Append the ids of a text's words and line feeds.

        Parameters
        ----------
        data
            uint8, with at least 96 bytes to spare after the first ``size``.

        Returns
        -------
        int
            How many words and line feeds the text has, those without an id among them.
        """
        cursor = cursor_at_start()
        ids.added(encode_words(data, size, self._table, self._batch, cursor, ids.room(size + 2)))
        return int(cursor[WORDS])


class Ids:
    """An int32 array that grows at its end without a copy: the system moves its pages."""

    def __init__(self) -> None:
        self._values, self.size = np.empty(_LEAST, np.int32), 0

    def room(self, least: int) -> np.ndarray:
        """Where the next ids go, at least so many."""
        if self.size + least > self._values.size:
            self._values.resize(max(self.size + least, self._values.size * 5 // 4), refcheck=False)
        return self._values[self.size :]

    def added(self, number: int) -> None:
        """So many were written into the room."""
        self.size += number

    @property
    def values(self) -> np.ndarray:
        """All ids so far."""
        return self._values[: self.size]
