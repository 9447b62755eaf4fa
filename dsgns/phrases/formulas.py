"""How much two words belong together: from counts to scores."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_MARGIN = 1e-9  # by which rounding may move a bound


@dataclass(frozen=True)
class Scoring:
    """Which pairs are phrases.

    Parameters
    ----------
    threshold
        What the score of a phrase is above.
    discount
        Taken away from how often a pair was seen; under ``npmi``, least number of occurrences of a pair.
    formula
        ``default`` or ``npmi``.
    """

    threshold: float
    discount: float
    formula: str = "default"

    @property
    def least(self) -> int:
        """How often a pair, and each word of it, must be seen at least."""
        return max(1, math.ceil(self.discount) if self.formula == "npmi" else math.floor(self.discount) + 1)

    def scores(self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray, total: int) -> np.ndarray:
        """The score of each pair, float64.

        ``default``: (count(ab) - discount) / (count(a) count(b)) times the size of the corpus, as word2phrase has it
        (Mikolov et al. 2013, "Distributed representations of words and phrases", eq. 6). ``npmi``: log(p(ab) / (p(a)
        p(b))) / -log p(ab) (Bouma 2009, "Normalized (pointwise) mutual information", eq. 7).

        Parameters
        ----------
        pairs, first, second
            How often each pair and its words were seen.
        total
            Tokens of the corpus.
        """
        pairs, first, second = (counts.astype(np.float64) for counts in (pairs, first, second))
        if self.formula == "default":
            return (pairs - self.discount) / first / second * total
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.log(pairs * (total / first) / second) / -np.log(pairs / total)
        return np.where(pairs < total, found, 1.0)

    def chosen(self, pairs: np.ndarray, first: np.ndarray, second: np.ndarray, total: int) -> np.ndarray:
        """Which pairs are phrases, bool."""
        return (pairs >= self.least) & (self.scores(pairs, first, second, total) > self.threshold)

    def partners(self, counts: np.ndarray, total: int) -> np.ndarray:
        """Of each word the most frequent one that it could make a phrase with, being the rarer of the two; int32.

        A pair is seen no more often than its rarer word. With that count for its own, the score is above the threshold
        only where the other word is rare enough; the rest need not be counted.

        Parameters
        ----------
        counts
            Of each word, falling.
        """
        if self.formula == "npmi" or self.threshold == 0:
            return np.zeros(counts.size, np.int32)
        most = (counts - self.discount) / counts * (total / self.threshold) * (1 + _MARGIN)
        return np.searchsorted(-counts, -most, side="left").astype(np.int32)
