"""Many words and their counts as three arrays, cheap to sort and to cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from dsgns.vocabulary.kernels_order import gather_words, prefixes


class Words(NamedTuple):
    """Words by their bytes, with their counts."""

    text: np.ndarray
    """uint8: all words, one directly after the other."""
    offsets: np.ndarray
    """int64, shape (n + 1,): word i is ``text[offsets[i]:offsets[i + 1]]``."""
    counts: np.ndarray
    """int64, shape (n,)."""

    @classmethod
    def from_spaced(cls, text: np.ndarray, counts: np.ndarray) -> Self:
        """From words each followed by a space."""
        spaces = np.flatnonzero(text == 32)
        offsets = np.concatenate([[0], spaces - np.arange(spaces.size)]).astype(np.int64)
        return cls(np.delete(text, spaces), offsets, counts.astype(np.int64))

    @classmethod
    def concatenated(cls, many: Sequence[Words]) -> Self:
        """All words of several, in order."""
        before = np.cumsum([0, *(words.text.size for words in many)])
        offsets = [words.offsets[:-1] + start for words, start in zip(many, before[:-1], strict=True)]
        return cls(
            np.concatenate([words.text for words in many]),
            np.concatenate([*offsets, before[-1:]]).astype(np.int64),
            np.concatenate([words.counts for words in many]),
        )

    def spaced(self) -> np.ndarray:
        """The words each followed by a space, uint8."""
        spaced = np.full(self.text.size + self.counts.size, 32, np.uint8)
        letters = np.ones(spaced.size, np.bool_)
        letters[self.offsets[1:] + np.arange(self.counts.size)] = False
        spaced[letters] = self.text
        return spaced

    def word(self, number: int) -> bytes:
        """One word."""
        return self.text[self.offsets[number] : self.offsets[number + 1]].tobytes()

    def take(self, order: np.ndarray) -> Words:
        """Those words, in that order."""
        starts, ends = self.offsets[:-1], self.offsets[1:]
        text = np.empty(int((ends - starts)[order].sum()), np.uint8)
        offsets = np.empty(order.size + 1, np.int64)
        gather_words(self.text, starts, ends, order, text, offsets)
        return Words(text, offsets, self.counts[order])

    def frequent(self, min_count: int) -> Words:
        """The words that occur at least so often."""
        return self.take(np.flatnonzero(self.counts >= min_count))

    def ranked(self, most: int | None = None) -> Words:
        """The words by falling count and then by their bytes, the first ``most`` of them."""
        keys = np.empty(self.counts.size, np.uint64)
        prefixes(self.text, self.offsets[:-1], self.offsets[1:], keys)
        # Two plain sorts, and a closer look where they do not tell: np.lexsort took three times as long.
        order = np.argsort(keys)
        order = order[np.argsort(-self.counts[order], kind="stable")]
        self._settle(order, keys)
        return self.take(order[:most])

    def _settle(self, order: np.ndarray, keys: np.ndarray) -> None:
        """Sort those words by all of their bytes that have a count and their first bytes in common, in place."""
        same = self.counts[order[1:]] == self.counts[order[:-1]]
        same &= keys[order[1:]] == keys[order[:-1]]
        # A run of k words in common is k - 1 places where neighbours are.
        edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int8), [0]])))
        for start, stop in edges.reshape(-1, 2).tolist():
            run = order[start : stop + 1]
            order[start : stop + 1] = sorted(run.tolist(), key=self.word)
