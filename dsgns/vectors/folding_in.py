"""Vectors of words that came after the SVD, from what they were seen near: "folding in".

A row M_i of the matrix that was factorised is about U_i S V', so that U_i is about M_i V / S. For a word that was not
counted its row is made of its own counts, weighed as all the others were, and its vector of that row (Deerwester et al.
1990, "Indexing by Latent Semantic Analysis", section 4.3). A word that was counted comes back to its own vector, up to
the residual of the SVD.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsgns.errors import ParameterError
from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import keep_probabilities
from dsgns.store import Output, Workspace
from dsgns.vectors.lexicon import Lexicon
from dsgns.vectors.load import vocabulary_of
from dsgns.vectors.materialize import Choice
from dsgns.vectors.words import WordVectors

Contexts = Mapping[str, float]


def fold_in(
    workspace: Workspace,
    output: Output,
    contexts: Mapping[str, Contexts],
    p: float = 0.5,
    context: str = "none",
    occurrences: Mapping[str, int] | None = None,
) -> WordVectors:
    """Vectors of new words, as :func:`dsgns.vectors.load.load_vectors` has those of the others.

    Parameters
    ----------
    output
        A completed ``svd`` output.
    contexts
        For each new word the words it was seen near, and how often: weighed by distance as the counts were, 1 / d for
        harmonic ones. Words that are not in the vocabulary are passed over.
    p, context
        As in :meth:`dsgns.Workspace.vectors`.
    occurrences
        How often each new word occurs, which subsampling depends on; a word without is taken for a rare one.

    Raises
    ------
    ParameterError
        If a word was seen near no word of the vocabulary, or a count is not above 0.
    """
    choice = Choice(output, p, context)
    if output.stage != "svd":
        raise ParameterError(f"words are folded into svd; {output.stage} is given.")
    vocabulary = vocabulary_of(workspace, output)
    lexicon, weighing = Lexicon(vocabulary.words), Weighing.of(workspace, output, vocabulary.counts)
    values = output.read("spectrum", "singular_values")["singular_values"]
    scale = np.where(values > 0, np.where(values > 0, values, 1.0) ** (p - 1), 0.0)
    made = np.empty((len(contexts), len(values)), np.float32)
    for place, (word, near) in enumerate(contexts.items()):
        columns, weights = _known(word, near, lexicon)
        seen = (occurrences or {}).get(word, 0)
        vector = weighing.as_word(columns, weights, seen) @ _rows(output, "right", columns)
        if choice.context == "add":
            vector += weighing.as_context(columns, weights, seen) @ _rows(output, "left", columns)
        made[place] = vector * scale
    counts = None if occurrences is None else [occurrences.get(word, 0) for word in contexts]
    return WordVectors(list(contexts), made, counts)


@dataclass(frozen=True)
class Weighing:
    """What turns the counts of a new word into cells of the matrix; see :mod:`dsgns.pmi.formulas`.

    Parameters
    ----------
    parameters
        Transform, smoothing, shift and subsampling.
    scale
        What stored integers are to be divided by.
    occurrences : shape (V,), int64
        Of the words of the vocabulary.
    sums, row, column : shape (V,), float64
        The marginals.
    """

    parameters: PMIParameters
    scale: int
    occurrences: np.ndarray
    sums: np.ndarray
    row: np.ndarray
    column: np.ndarray

    @classmethod
    def of(cls, workspace: Workspace, svd: Output, occurrences: np.ndarray) -> Weighing:
        """As the matrix of an SVD was weighed."""
        marginals = workspace.output("marginals", svd.inputs["marginals"])
        scale = workspace.output("counts", svd.inputs["counts"]).facts["scale"]
        vectors = marginals.read("vectors", "sums", "row", "column")
        return cls(PMIParameters(**marginals.parameters), scale, occurrences, **vectors)

    @cached_property
    def keep(self) -> np.ndarray:
        """The probability that subsampling keeps each word, shape (V,), float64."""
        return keep_probabilities(self.occurrences, self.parameters.subsample)

    def as_word(self, columns: np.ndarray, weights: np.ndarray, seen: int) -> np.ndarray:
        """The new word's row of the matrix at ``columns``, shape (n,), float64."""
        total, keep = self._total(columns, weights, seen)
        if self.parameters.transform == "root-cca":
            return self._root(columns, weights, total, keep)
        some = int(np.argmax(self.sums))
        constant = self.row[some] - math.log(self.sums[some]) + math.log(self.keep[some])
        row = math.log(total) - math.log(keep) + constant
        return np.maximum(np.log(weights * self.scale) - row - self.column[columns], 0.0)

    def as_context(self, columns: np.ndarray, weights: np.ndarray, seen: int) -> np.ndarray:
        """The new word's column of the matrix at the rows ``columns``, shape (n,), float64."""
        total, keep = self._total(columns, weights, seen)
        if self.parameters.transform == "root-cca":
            return self._root(columns, weights, total, keep)
        column = self.parameters.cds * math.log(total) - math.log(keep)
        return np.maximum(np.log(weights * self.scale) - self.row[columns] - column, 0.0)

    def _root(self, columns: np.ndarray, weights: np.ndarray, total: float, keep: float) -> np.ndarray:
        return np.sqrt(weights * self.scale) * (keep**2 / (self.scale * total)) ** 0.25 * self.column[columns]

    def _total(self, columns: np.ndarray, weights: np.ndarray, seen: int) -> tuple[float, float]:
        """The sum of the subsampled counts, and the probability that a token of the word is kept."""
        keep = 1.0
        if self.parameters.subsample and seen:
            ratio = self.parameters.subsample * float(self.occurrences.sum()) / seen
            keep = min(1.0, math.sqrt(ratio) + ratio)
        return float((weights * self.keep[columns]).sum() * keep), keep


def _known(word: str, near: Contexts, lexicon: Lexicon) -> tuple[np.ndarray, np.ndarray]:
    """Rows and weights of the contexts that are in the vocabulary, in the order of rows."""
    found = sorted((lexicon.key_to_index[other], weight) for other, weight in near.items() if other in lexicon)
    if not found or min(weight for _, weight in found) <= 0:
        raise ParameterError(
            f"{word!r} has {len(found)} contexts in the vocabulary; it must have some, counted above 0."
        )
    return np.array([row for row, _ in found]), np.array([weight for _, weight in found], np.float64)


def _rows(output: Output, name: str, rows: np.ndarray) -> np.ndarray:
    """Some rows of U or V, in rising order, shape (n, d), float64."""
    found = []
    for block, manifest in output.manifests(name).items():
        here = rows[(rows >= manifest.facts["start"]) & (rows < manifest.facts["stop"])]
        if len(here):
            found.append(output.read(block, "rows")["rows"][here - manifest.facts["start"]])
    return np.concatenate(found).astype(np.float64)
