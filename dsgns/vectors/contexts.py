"""What a new word was seen near, as rows of a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dsgns.errors import ParameterError
from dsgns.pmi.formulas import keep_probability
from dsgns.vectors.lexicon import Lexicon

Contexts = Mapping[str, float]
"""Words, and how often each was near: weighed by distance as pairs were in the training."""


@dataclass(frozen=True)
class Newcomer:
    """A word to be folded in.

    Parameters
    ----------
    columns : shape (n,), int64
        The words of the vocabulary that it was seen near, in the order of rows.
    weights : shape (n,), float64
        How often.
    keep
        The probability that subsampling keeps one of its tokens.
    """

    columns: np.ndarray
    weights: np.ndarray
    keep: float

    @classmethod
    def of(
        cls, word: str, near: Contexts, lexicon: Lexicon, occurrences: int, counts: np.ndarray, threshold: float
    ) -> Newcomer:
        """A word with its contexts; those that are not in the vocabulary are passed over.

        Parameters
        ----------
        occurrences
            Of the word; 0 where that is not known, and it is taken for a rare one.
        counts : shape (V,), int64
            Of the words of the vocabulary.
        threshold
            Of subsampling; 0 for none.

        Raises
        ------
        ParameterError
            If the word was seen near no word of the vocabulary, or a count is not above 0.
        """
        found = sorted((lexicon.key_to_index[other], weight) for other, weight in near.items() if other in lexicon)
        if not found or min(weight for _, weight in found) <= 0:
            raise ParameterError(
                f"{word!r} has {len(found)} contexts in the vocabulary; it must have some, counted above 0."
            )
        columns, weights = np.array([row for row, _ in found]), np.array([weight for _, weight in found], np.float64)
        return cls(columns, weights, keep_probability(occurrences, int(counts.sum()), threshold))
