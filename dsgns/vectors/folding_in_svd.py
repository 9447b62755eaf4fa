"""Words folded into an SVD: each gets the vector that its row of the matrix would have led to.

A row M_i of the matrix that was factorised is about U_i S V', so that U_i is about M_i V / S. For a word that was not
counted its row is made of its own counts, weighed as all the others were, and its vector of that row (Deerwester et al.
1990, "Indexing by Latent Semantic Analysis", section 4.3). A word that was counted comes back to its own vector, up to
the residual of the SVD.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import keep_probabilities
from dsgns.store import Output, Workspace
from dsgns.vectors.contexts import Newcomer
from dsgns.vectors.materialize import Choice


def fold_into_svd(
    workspace: Workspace, choice: Choice, counts: np.ndarray, words: Iterable[Newcomer], number: int
) -> np.ndarray:
    """Vectors of new words, shape (n, d), float32.

    Parameters
    ----------
    choice
        A completed ``svd`` output, and how it is read.
    counts : shape (V,), int64
        Of the words of the vocabulary.
    words, number
        Those to be placed, and how many they are.
    """
    output, weighing = choice.source, Weighing.of(workspace, choice.source, counts)
    values = output.read("spectrum", "singular_values")["singular_values"]
    scale = np.where(values > 0, np.where(values > 0, values, 1.0) ** (choice.p - 1), 0.0)
    made = np.empty((number, len(values)), np.float32)
    for place, word in enumerate(words):
        vector = weighing.as_word(word) @ _rows(output, "right", word.columns)
        if choice.context == "add":
            vector += weighing.as_context(word) @ _rows(output, "left", word.columns)
        made[place] = vector * scale
    return made


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

    def as_word(self, word: Newcomer) -> np.ndarray:
        """A new word's row of the matrix at its columns, shape (n,), float64."""
        if self.parameters.transform == "root-cca":
            return self._root(word)
        some = int(np.argmax(self.sums))
        constant = self.row[some] - math.log(self.sums[some]) + math.log(self.keep[some])
        row = math.log(self._total(word)) - math.log(word.keep) + constant
        return np.maximum(np.log(word.weights * self.scale) - row - self.column[word.columns], 0.0)

    def as_context(self, word: Newcomer) -> np.ndarray:
        """A new word's column of the matrix at the same rows, shape (n,), float64."""
        if self.parameters.transform == "root-cca":
            return self._root(word)
        column = self.parameters.cds * math.log(self._total(word)) - math.log(word.keep)
        return np.maximum(np.log(word.weights * self.scale) - self.row[word.columns] - column, 0.0)

    def _root(self, word: Newcomer) -> np.ndarray:
        factor = (word.keep**2 / (self.scale * self._total(word))) ** 0.25
        return np.sqrt(word.weights * self.scale) * factor * self.column[word.columns]

    def _total(self, word: Newcomer) -> float:
        """The sum of the subsampled counts."""
        return float((word.weights * self.keep[word.columns]).sum() * word.keep)


def _rows(output: Output, name: str, rows: np.ndarray) -> np.ndarray:
    """Some rows of U or V, in rising order, shape (n, d), float64."""
    found = []
    for block, manifest in output.manifests(name).items():
        here = rows[(rows >= manifest.facts["start"]) & (rows < manifest.facts["stop"])]
        if len(here):
            found.append(output.read(block, "rows")["rows"][here - manifest.facts["start"]])
    return np.concatenate(found).astype(np.float64)
