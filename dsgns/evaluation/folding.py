"""Words of an evaluation set found in a vocabulary, whatever their case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class FoldedWords:
    """A vocabulary with its cases folded, as gensim's evaluation does.

    Parameters
    ----------
    words
        The most frequent first.
    limit
        Only this many of them count; ``None`` for all.
    fold_case
        Compare words in upper case; of several forms of one word the most frequent stands for all.

    Attributes
    ----------
    canonical : shape (n,), int32
        For each word, the row of the form that stands for it.

    Examples
    --------
    >>> folded = FoldedWords(["the", "polish", "Polish"], limit=None, fold_case=True)
    >>> folded.find("POLISH"), folded.canonical.tolist(), folded.find("english")
    (1, [0, 1, 1], None)
    """

    def __init__(self, words: Sequence[str], limit: int | None, fold_case: bool) -> None:
        self._fold_case = fold_case
        self._row: dict[str, int] = {}
        self.canonical = np.empty(min(len(words), len(words) if limit is None else limit), np.int32)
        for row in range(len(self.canonical)):
            self.canonical[row] = self._row.setdefault(self._folded(words[row]), row)

    def find(self, word: str) -> int | None:
        """The row that stands for a word, or None when it has none."""
        return self._row.get(self._folded(word))

    def _folded(self, word: str) -> str:
        return word.upper() if self._fold_case else word
