"""Several representations on several sets: every score with its interval, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsgns.evaluation.analogies import AnalogyResult, evaluate_analogies
from dsgns.evaluation.bootstrap import Interval, bootstrap_interval
from dsgns.evaluation.sets import AnalogySet, SimilaritySet
from dsgns.evaluation.similarity import SimilarityResult, evaluate_similarity
from dsgns.vectors.embedding import Embedding


@dataclass(frozen=True)
class Score:
    """A result in one number.

    Parameters
    ----------
    result
        All there is to know.
    interval
        In which the number lies with 95 % confidence, by the bootstrap.
    """

    result: SimilarityResult | AnalogyResult
    interval: Interval

    @property
    def value(self) -> float:
        """Spearman's correlation, or accuracy; NaN where there is none."""
        return self.result.spearman if isinstance(self.result, SimilarityResult) else self.result.accuracy

    @property
    def measure(self) -> str:
        """What :attr:`value` is: ``rho``, ``3CosAdd`` or ``3CosMul``."""
        return "rho" if isinstance(self.result, SimilarityResult) else self.result.method

    @property
    def known(self) -> tuple[int, int]:
        """Pairs or questions of which all words are known, and how many there are."""
        if isinstance(self.result, SimilarityResult):
            return self.result.covered, self.result.pairs
        return self.result.total.asked, len(self.result.items)

    def to_dict(self) -> dict[str, Any]:
        """The figures as a JSON-able dictionary."""
        return self.result.to_dict() | {"interval": list(self.interval), "penalised": self.result.penalised}


def score(
    vectors: Embedding,
    sets: Iterable[SimilaritySet | AnalogySet],
    methods: Sequence[str] = ("3CosAdd",),
    restrict_vocabulary: int | None = None,
    resamples: int = 1000,
) -> list[Score]:
    """The scores of vectors on some sets, one for each method of asking where a set is of analogies.

    Parameters
    ----------
    vectors
        Dense or sparse.
    sets
        As :func:`dsgns.read_set` reads them.
    methods
        Of ``3CosAdd`` and ``3CosMul``.
    restrict_vocabulary
        Ask and answer analogies with this many of the most frequent words only.
    resamples
        Of the bootstrap.

    Examples
    --------
    >>> import numpy as np
    >>> from dsgns.vectors.words import WordVectors
    >>> vectors = WordVectors(["cup", "mug", "sky"], np.array([[1, 0], [1, 0.2], [0, 1]], np.float32))
    >>> pairs = [("cup", "mug"), ("cup", "sky"), ("mug", "sky"), ("cup", "dog")]
    >>> (found,) = score(vectors, [SimilaritySet("four", tuple(pairs), np.array([9.0, 1.0, 2.0, 3.0]))])
    >>> found.measure, round(found.value, 2), found.known, round(found.result.penalised, 2)
    ('rho', 1.0, (3, 4), 0.63)
    """
    return [one for asked in sets for one in _scores(vectors, asked, methods, restrict_vocabulary, resamples)]


def _scores(
    vectors: Embedding,
    asked: SimilaritySet | AnalogySet,
    methods: Sequence[str],
    restrict_vocabulary: int | None,
    resamples: int,
) -> list[Score]:
    results: list[SimilarityResult | AnalogyResult]
    if isinstance(asked, SimilaritySet):
        # A pair is one product, whatever the vocabulary; only answers to analogies are sought among all words.
        results = [evaluate_similarity(vectors, asked)]
    else:
        results = [
            evaluate_analogies(vectors, asked, method=method, restrict_vocabulary=restrict_vocabulary)
            for method in methods
        ]
    return [Score(result, bootstrap_interval(result.items, resamples=resamples)) for result in results]


def reasons(scored: Mapping[str, Sequence[Score]]) -> list[str]:
    """Why some sets have no score, once for each reason."""
    without = (one.result for scores in zip(*scored.values(), strict=True) for one in scores if one.result.reason)
    return list(dict.fromkeys(f"{result.name}: {result.reason}." for result in without))
