"""A vocabulary as the table that text is encoded with."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output
from dsgns.tokens.kernels import encode_words
from dsgns.vocabulary.kernels import WORDS, cursor_at_start, empty_batch
from dsgns.vocabulary.numbered import numbered
from dsgns.vocabulary.words import Words


class Encoder:
    """Text to ids.

    Parameters
    ----------
    words
        The vocabulary; a word's position is its id.
    """

    def __init__(self, words: Words) -> None:
        self._table, self._batch = numbered(words), empty_batch()
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
