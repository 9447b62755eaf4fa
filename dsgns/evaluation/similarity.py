"""How well cosines follow people's judgement of likeness."""

from __future__ import annotations

import math
import os
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsgns.evaluation.folding import FoldedWords
from dsgns.evaluation.ranks import pearson, spearman
from dsgns.evaluation.sets import SimilaritySet, read_similarities
from dsgns.vectors.embedding import Embedding

_LEAST = 2
"""Pairs that a correlation takes."""


@dataclass(frozen=True)
class SimilarityResult:
    """What one set says about vectors.

    Parameters
    ----------
    name
        Of the set.
    spearman, pearson
        Correlation of scores and cosines, over their ranks and as they are; NaN when no pair is covered.
    covered, pairs
        Pairs with both words in the vocabulary, and all pairs.
    items : shape (pairs, 2), float64
        Score and cosine of each pair; the cosine is NaN where a word is missing.
    """

    name: str
    spearman: float
    pearson: float
    covered: int
    pairs: int
    items: np.ndarray

    @property
    def coverage(self) -> float:
        """The part of the pairs with both words in the vocabulary."""
        return self.covered / self.pairs

    @property
    def penalised(self) -> float:
        """Spearman's correlation over all pairs; where a word is missing, the cosine is taken to be 0."""
        scores, cosines = self.items.T
        return spearman(scores, np.nan_to_num(cosines))

    @property
    def reason(self) -> str:
        """Why there is no correlation; empty where there is one."""
        if not math.isnan(self.spearman):
            return ""
        if self.covered < _LEAST:
            return (
                f"both words are known of {self.covered} of its {self.pairs} pairs; "
                f"a correlation takes {_LEAST} or more"
            )
        return f"all scores, or all cosines, of the {self.covered} pairs known of {self.pairs} are equal"

    def to_dict(self) -> dict[str, Any]:
        """The figures as a JSON-able dictionary."""
        return {
            "set": self.name, "kind": "similarity", "spearman": self.spearman, "pearson": self.pearson,
            "covered": self.covered, "pairs": self.pairs, "reason": self.reason or None,
        }  # fmt: skip


def evaluate_similarity(
    vectors: Embedding,
    pairs: SimilaritySet | str | os.PathLike[str],
    *,
    restrict_vocabulary: int | None = None,
    fold_case: bool = True,
) -> SimilarityResult:
    """Spearman's correlation of people's scores with cosines, as gensim's ``evaluate_word_pairs`` has it.

    Pairs with a missing word are left out and counted in the coverage.

    Parameters
    ----------
    vectors
        Dense or sparse.
    pairs
        A set, or a file of one.
    restrict_vocabulary
        Only this many of the most frequent words count as known.
    fold_case
        Find words whatever their case; the most frequent form stands for all.

    Raises
    ------
    EvaluationFileError
        If the file cannot be read.

    Examples
    --------
    >>> import dsgns
    >>> vectors = dsgns.WordVectors(["cup", "mug", "sky"], np.array([[1, 0], [1, 0.2], [0, 1]], np.float32))
    >>> pairs = dsgns.SimilaritySet("three", (("cup", "mug"), ("cup", "sky"), ("mug", "sky")), np.array([9, 1, 2]))
    >>> round(dsgns.evaluate_similarity(vectors, pairs).spearman, 3)
    1.0
    """
    judged = pairs if isinstance(pairs, SimilaritySet) else _read(pairs)
    folded = FoldedWords(vectors.index_to_key, restrict_vocabulary, fold_case)
    found = [(folded.find(first), folded.find(second)) for first, second in judged.pairs]
    known = np.array([first is not None and second is not None for first, second in found])
    rows = np.array([pair for pair, both in zip(found, known, strict=True) if both], np.int64).reshape(-1, 2)
    items = np.column_stack([judged.scores, np.full(len(known), np.nan)])
    items[known, 1] = vectors.pair_cosines(rows[:, 0], rows[:, 1])
    scores, cosines = items[known].T
    return SimilarityResult(
        judged.name, spearman(scores, cosines), pearson(scores, cosines), len(rows), len(known), items
    )


def _read(path: str | os.PathLike[str]) -> SimilaritySet:
    judged = read_similarities(path)
    if judged.note:
        warnings.warn(judged.note, stacklevel=3)
    return judged
