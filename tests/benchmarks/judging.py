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
        return "".join(_compared(read_set(str(path)), words, ours, theirs) for path in self.sets)


def _compared(
    judged: SimilaritySet | AnalogySet, words: list[str], ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]
) -> str:
    """All seeds on one set; of analogies also those about meaning and those about grammar."""
    leads: dict[str, list[str]] = {}
    for pair in zip(ours, theirs, strict=True):
        parts = (scored_items(judged, WordVectors(words, vectors)) for vectors in pair)
        for (name, (a, items_a)), (b, items_b) in zip(next(parts).items(), next(parts).values(), strict=True):
            lead = paired_bootstrap(items_a, items_b, seed=1)
            told = f"{a:.3f}/{b:.3f} ({lead.difference:+.3f} +- {lead.standard_error:.3f})"
            leads.setdefault(name, []).append(told)
    return "".join(f"; {name} {', '.join(told)}" for name, told in leads.items())


def scored_items(judged: SimilaritySet | AnalogySet, vectors: WordVectors) -> dict[str, tuple[float, np.ndarray]]:
    """The score on a set and on its parts of which two questions can be asked, and what each item has of it."""
    if isinstance(judged, SimilaritySet):
        similarity = evaluate_similarity(vectors, judged)
        return {judged.name: (similarity.spearman, similarity.items)}
    found = evaluate_analogies(vectors, judged, restrict_vocabulary=MOST_FREQUENT)
    meaning = np.array([not name.startswith("gram") for name in judged.sections])[judged.section_of]
    parts = {
        judged.name: (found.accuracy, found.items),
        "semantic": (found.semantic.accuracy, found.items[meaning]),
        "syntactic": (found.syntactic.accuracy, found.items[~meaning]),
    }
    return {name: part for name, part in parts.items() if np.isfinite(part[1]).sum() > 1}
