"""A vocabulary as the table that text is encoded with."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output
from dsgns.tokens.kernels import SEPARATOR, encode_words
from dsgns.vocabulary.kernels import WORDS, cursor_at_start
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words

_SLACK = 96


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
        self._ids = np.empty(0, np.int32)

    @classmethod
    def of(cls, vocabulary: Output) -> Encoder:
        """The encoder of a completed vocabulary."""
        block = vocabulary.read("words")
        return cls(Words(block["bytes"], block["offsets"], block["counts"]))

    def encode(self, data: np.ndarray, size: int) -> tuple[int, np.ndarray]:
        """The ids of a text's words and line feeds.

        Parameters
        ----------
        data
            uint8, with at least 96 bytes to spare after the first ``size``.

        Returns
        -------
        int
            How many words and line feeds the text has, those without an id among them.
        np.ndarray
            The ids, int32; overwritten by the next call.
        """
        if self._ids.size < data.size:
            self._ids = np.empty(data.size, np.int32)
        cursor = cursor_at_start()
        written = encode_words(data, size, self._table, self._batch, cursor, self._ids)
        return int(cursor[WORDS]), self._ids[:written]
