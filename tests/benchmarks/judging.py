"""Whether vectors that were made faster are any worse, by people's judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsgns.evaluation.analogies import evaluate_analogies
from dsgns.evaluation.bootstrap import paired_bootstrap
from dsgns.evaluation.sets import AnalogySet, SimilaritySet, read_set
from dsgns.evaluation.similarity import evaluate_similarity
from dsgns.vectors.words import WordVectors

MOST_FREQUENT = 30_000
"""Words that analogies are asked and answered with."""


@dataclass(frozen=True)
class Judge:
    """Evaluation sets, none or some.

    Parameters
    ----------
    sets
        Files.
    """

    sets: Sequence[Path] = ()

    def compare(self, words: list[str], ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> str:
        """For each set both scores, seed by seed, and our lead with its standard error (paired bootstrap)."""
        return "".join(self._compare_on(read_set(str(path)), words, ours, theirs) for path in self.sets)

    def _compare_on(
        self,
        judged: SimilaritySet | AnalogySet,
        words: list[str],
        ours: Sequence[np.ndarray],
        theirs: Sequence[np.ndarray],
    ) -> str:
        told = []
        for pair in zip(ours, theirs, strict=True):
            (a, items_a), (b, items_b) = (_score(judged, WordVectors(words, vectors)) for vectors in pair)
            lead = paired_bootstrap(items_a, items_b, seed=1)
            told.append(f"{a:.3f}/{b:.3f} ({lead.difference:+.3f} +- {lead.standard_error:.3f})")
        return f"; {judged.name} {', '.join(told)}"


def _score(judged: SimilaritySet | AnalogySet, vectors: WordVectors) -> tuple[float, np.ndarray]:
    """The score, and what each item has of it."""
    if isinstance(judged, SimilaritySet):
        similarity = evaluate_similarity(vectors, judged)
        return similarity.spearman, similarity.items
    analogies = evaluate_analogies(vectors, judged, restrict_vocabulary=MOST_FREQUENT)
    return analogies.accuracy, analogies.items
