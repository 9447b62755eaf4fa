"""Whether directions between words carry over: "a is to b as c is to ...?"."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsgns.evaluation.folding import FoldedWords
from dsgns.evaluation.kernels import best_answers
from dsgns.evaluation.sets import AnalogySet, read_analogies
from dsgns.kinds import one_of, require
from dsgns.parameters import ANALOGIES
from dsgns.vectors.embedding import Embedding

# Questions that are answered together, and cosines held at a time (64 MiB of float32).
_QUESTIONS = 4096
_COSINES = 1 << 24


@dataclass(frozen=True)
class Section:
    """One section's count of right answers, of questions asked, and of those with a word missing."""

    name: str
    correct: int
    asked: int
    missing: int

    @property
    def accuracy(self) -> float:
        """Right answers in the questions asked; NaN when none was."""
        return self.correct / self.asked if self.asked else float("nan")


@dataclass(frozen=True)
class AnalogyResult:
    """What one set says about vectors.

    Parameters
    ----------
    name
        Of the set.
    method
        ``3CosAdd`` or ``3CosMul``.
    sections
        In the order of the file.
    items : shape (n,), float64
        1 for each question answered right, 0 for wrong, NaN for those with a word missing.
    """

    name: str
    method: str
    sections: tuple[Section, ...]
    items: np.ndarray

    @property
    def total(self) -> Section:
        """All sections together."""
        return _sum("total", self.sections)

    @property
    def accuracy(self) -> float:
        """Right answers in the questions asked; NaN when none was."""
        return self.total.accuracy

    @property
    def penalised(self) -> float:
        """Right answers in all questions, those with a missing word taken to be answered wrong."""
        return float(np.nansum(self.items)) / len(self.items)

    @property
    def semantic(self) -> Section:
        """The sections about meaning: those whose name does not begin with ``gram``."""
        return _sum("semantic", [section for section in self.sections if not section.name.startswith("gram")])

    @property
    def syntactic(self) -> Section:
        """The sections about grammar: those whose name begins with ``gram``, as in word2vec's set."""
        return _sum("syntactic", [section for section in self.sections if section.name.startswith("gram")])

    @property
    def reason(self) -> str:
        """Why there is no accuracy; empty where there is one."""
        return "" if self.total.asked else f"all four words are known of 0 of its {self.total.missing} questions"

    def to_dict(self) -> dict[str, Any]:
        """The figures as a JSON-able dictionary."""
        parts = (self.total, self.semantic, self.syntactic, *self.sections)
        figures = [{**part.__dict__, "accuracy": part.accuracy} for part in parts]
        return {
            "set": self.name, "kind": "analogies", "method": self.method, "accuracy": self.accuracy,
            "reason": self.reason or None,
            "total": figures[0], "semantic": figures[1], "syntactic": figures[2], "sections": figures[3:],
        }  # fmt: skip


def evaluate_analogies(
    vectors: Embedding,
    analogies: AnalogySet | str | os.PathLike[str],
    *,
    method: str = "3CosAdd",
    restrict_vocabulary: int | None = 300_000,
    fold_case: bool = True,
) -> AnalogyResult:
    """Accuracy on analogy questions, as gensim's ``evaluate_word_analogies`` has it.

    Questions with a word missing are left out and counted. No form of the three given words is an answer. Of
    equal scores the most frequent word wins, where gensim leaves it to chance; and gensim gives up a question
    when forms of the given words fill its five best, which cannot happen here.

    Parameters
    ----------
    vectors
        Dense or sparse.
    analogies
        A set, or a file of one.
    method
        ``3CosAdd`` (Mikolov et al. 2013) or ``3CosMul`` (Levy & Goldberg 2014).
    restrict_vocabulary
        Only this many of the most frequent words count as known, and as answers.
    fold_case
        Find words whatever their case; the most frequent form stands for all.

    Raises
    ------
    EvaluationFileError
        If the file cannot be read.
    ParameterError
        If there is no such method, or the vocabulary is restricted to less than one word.

    Examples
    --------
    >>> import dsgns
    >>> words, rows = ["man", "king", "woman", "queen"], [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]]
    >>> vectors = dsgns.WordVectors(words, np.array(rows, np.float32))
    >>> questions = dsgns.AnalogySet("one", (("man", "king", "woman", "queen"),), ("royal",), np.array([0]))
    >>> dsgns.evaluate_analogies(vectors, questions).accuracy
    1.0
    """
    one_of("method", method, ANALOGIES)
    if restrict_vocabulary is not None:
        require(restrict_vocabulary >= 1, "restrict_vocabulary", restrict_vocabulary, "at least 1")
    asked = analogies if isinstance(analogies, AnalogySet) else read_analogies(analogies)
    folded = FoldedWords(vectors.index_to_key, restrict_vocabulary, fold_case)
    found = [[folded.find(word) for word in question] for question in asked.questions]
    known = np.array([None not in question for question in found])
    rows = np.array([question for question, all_four in zip(found, known, strict=True) if all_four], np.int64)
    items = np.full(len(known), np.nan)
    items[known] = _answered_right(vectors, rows.reshape(-1, 4), folded.canonical, method)
    sections = (_section(name, items[asked.section_of == number]) for number, name in enumerate(asked.sections))
    return AnalogyResult(asked.name, method, tuple(sections), items)


def _answered_right(vectors: Embedding, rows: np.ndarray, canonical: np.ndarray, method: str) -> np.ndarray:
    """Whether each question, four rows of the vocabulary, gets its answer, shape (n,), bool."""
    right = np.empty(len(rows), bool)
    for start in range(0, len(rows), _QUESTIONS):
        batch = rows[start : start + _QUESTIONS]
        answers = _answers(vectors, batch[:, :3], canonical, method)
        right[start : start + _QUESTIONS] = canonical[answers] == batch[:, 3]
    return right


def _answers(vectors: Embedding, given: np.ndarray, canonical: np.ndarray, method: str) -> np.ndarray:
    """The best word for each question, shape (n,), int64.

    The score of a word is made of its cosines with a, b and c, and a few hundred words make up thousands of
    questions: so each cosine is computed once, rather than one product for each question and word.
    """
    words, terms = np.unique(given, return_inverse=True)
    terms = terms.reshape(given.shape)
    cosines = vectors.cosines(words)
    best = np.full(len(given), -np.inf, np.float32)
    answers = np.zeros(len(given), np.int64)
    step = max(256, _COSINES // len(words))
    for start in range(0, len(canonical), step):
        stop = min(start + step, len(canonical))
        block = np.ascontiguousarray(cosines(start, stop))
        best_answers(block, terms, given, canonical, start, method == "3CosMul", best, answers)
    return answers


def _section(name: str, items: np.ndarray) -> Section:
    asked = int(np.isfinite(items).sum())
    return Section(name, int(np.nansum(items)), asked, len(items) - asked)


def _sum(name: str, sections: Sequence[Section]) -> Section:
    return Section(
        name,
        sum(section.correct for section in sections),
        sum(section.asked for section in sections),
        sum(section.missing for section in sections),
    )
