"""From a sample of a corpus to what the whole will hold: tokens, words and co-occurrences."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dsgns.cooccurrence.estimate import expected_nonzeros
from dsgns.parameters import VocabularyParameters
from dsgns.sampling import SEPARATOR, Sample

_PAIRS = 4_000_000
# Text has a share of the pairs that independent draws would give, and larger texts a smaller one: .85 of 400k tokens of
# encyclopedic text, .81 of 4M, .80 of 10M. Its logarithm grows by this part for each e times as many tokens.
_REPETITION = 0.13


@dataclass(frozen=True)
class Extrapolation:
    """What the whole corpus will hold, more or less.

    Parameters
    ----------
    sample
        What it rests on.
    parameters
        Which words are kept.
    """

    sample: Sample
    parameters: VocabularyParameters

    @property
    def scale(self) -> float:
        """How many times as much text as was seen there is."""
        return max(1.0, self.sample.text_bytes / self.sample.looked_at)

    @property
    def tokens(self) -> int:
        """Tokens in all."""
        return round(self.sample.tokens * self.scale)

    @property
    def documents(self) -> int:
        """Documents in all."""
        return len(self.sample.sources) + round(self.sample.ends * self.scale)

    @property
    def distinct(self) -> int:
        """Distinct tokens in all, by Heaps' law with the exponent seen within the sample."""
        seen = len(self.sample.counts)
        exponent = math.log2(seen / max(self.sample.half_distinct, seen / 2))
        return round(seen * self.scale**exponent)

    @property
    def vocabulary_size(self) -> int:
        """Words that are kept, if rare words have the share of all that they have in the sample."""
        kept = float(np.mean(self.sample.counts >= self.parameters.min_count))
        size = max(1, round(self.distinct * kept))
        return min(size, self.parameters.max_vocabulary or size)

    @property
    def used(self) -> int:
        """Tokens whose word is kept."""
        rare = self.sample.counts[self.sample.counts < self.parameters.min_count].sum()
        lost = rare * self.distinct / max(len(self.sample.counts), 1)
        if self.parameters.max_vocabulary and self.parameters.max_vocabulary < len(self.sample.counts):
            lost = max(lost, self.scale * self.sample.counts[self.parameters.max_vocabulary :].sum())
        return max(1, round(self.tokens - min(lost, self.tokens)))

    def counts(self) -> np.ndarray:
        """Occurrences of each word, falling, shape (vocabulary_size,), int64: as seen, then a power law."""
        size, least = self.vocabulary_size, self.parameters.min_count
        seen = (self.sample.counts[self.sample.counts >= 10][:size] * self.scale).astype(np.int64)
        ranks = np.arange(len(seen), size)
        if len(seen) and len(ranks):
            steepness = math.log(max(seen[-1], least) / least) / math.log(max(size / len(seen), 1 + 1e-9))
            tail = seen[-1] * ((ranks + 1) / len(seen)) ** -max(steepness, 0.0)
        else:
            tail = np.full(len(ranks), least)
        return np.maximum(np.concatenate([seen, tail.astype(np.int64)]), 1)

    def nonzeros(self, window: int) -> int:
        """Pairs of words within ``window`` of one another, each order counted.

        As many as independent draws would give with these frequencies, but for what text repeats itself: that is seen
        in the sample. A word that is there once is left out, as rare words are of the whole.
        """
        ids = self.sample.ids[: max(_PAIRS // window, 1)]
        counts = np.bincount(ids[ids != SEPARATOR])
        kept = counts[ids] > 1
        pairs, tokens = distinct_pairs(ids[(ids == SEPARATOR) | kept], window)
        drawn = float(expected_nonzeros(counts[counts > 1], window).sum())
        repeated = math.log(max(drawn, 1.0) / max(pairs, 1))
        repeated *= 1 + _REPETITION * math.log(max(self.used / max(tokens, 1), 1.0))
        expected = float(expected_nonzeros(self.counts(), window).sum()) * math.exp(-max(repeated, 0.0))
        return max(1, round(min(expected, float(self.vocabulary_size) ** 2)))


def distinct_pairs(ids: np.ndarray, window: int) -> tuple[int, int]:
    """Distinct ordered pairs of tokens within ``window`` of one another, and the tokens that were looked at.

    Parameters
    ----------
    ids : shape (n,), int32
        Separated by -1; only as many as give some millions of pairs are looked at.

    Examples
    --------
    >>> distinct_pairs(np.array([0, 1, 0, -1, 2]), window=2)
    (3, 4)
    """
    ids = ids[: max(_PAIRS // window, 1)].astype(np.int64)
    ends = np.flatnonzero(ids == SEPARATOR)
    # A document's end as wide as the window keeps pairs from reaching over it.
    padded = np.insert(ids, np.repeat(ends, window), SEPARATOR)
    size = int(ids.max(initial=0)) + 1
    keys = []
    for distance in range(1, window + 1):
        first, second = padded[:-distance], padded[distance:]
        both = (first != SEPARATOR) & (second != SEPARATOR)
        low, high = np.minimum(first, second)[both], np.maximum(first, second)[both]
        keys.append(low * size + high)
    # Sorted by hand: np.unique goes by hashes here, which took ten times as long.
    pairs = np.sort(np.concatenate(keys))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    same = int((pairs // size == pairs % size).sum())
    return 2 * len(pairs) - same, int((ids != SEPARATOR).sum())
