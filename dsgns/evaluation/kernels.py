"""Loops of evaluation that NumPy has no words for."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

# Scores looked at together: their maximum is found with vector instructions before anything else is asked.
_LANES = 64


@kernel(inline="always")
def _score(first: np.float32, second: np.float32, third: np.float32, multiplicative: bool) -> np.float32:
    """3CosAdd or 3CosMul of the cosines with b, c and a."""
    if multiplicative:
        return (1 + first) * (1 + second) * np.float32(0.25) / ((1 + third) * np.float32(0.5) + np.float32(1e-6))
    return first + second - third


@kernel
def best_answers(
    cosines: np.ndarray,
    terms: np.ndarray,
    given: np.ndarray,
    canonical: np.ndarray,
    start: int,
    multiplicative: bool,
    best: np.ndarray,
    answers: np.ndarray,
) -> None:
    """Carry each question's best word on over another block of the vocabulary.

    Parameters
    ----------
    cosines : shape (u, n), float32
        Of the u words that questions are made of with words ``start`` to ``start + n``.
    terms : shape (q, 3), integers
        Rows of ``cosines`` for a, b and c of each question.
    given : shape (q, 3), integers
        The words themselves; neither they nor their other forms are answers.
    canonical : shape (V,), int32
        The form that stands for each word.
    start
        First word of the block.
    multiplicative
        3CosMul rather than 3CosAdd.
    best : shape (q,), float32
        Highest score so far; changed in place.
    answers : shape (q,), int64
        Its word; changed in place. Of equal scores the first word's stays.
    """
    columns = cosines.shape[1]
    for question in range(len(terms)):
        a, b, c = cosines[terms[question, 0]], cosines[terms[question, 1]], cosines[terms[question, 2]]
        for left in range(0, columns, _LANES):
            right = min(left + _LANES, columns)
            highest = np.float32(-np.inf)
            for j in range(left, right):
                highest = max(highest, _score(b[j], c[j], a[j], multiplicative))
            if highest <= best[question]:
                continue
            for j in range(left, right):
                score = _score(b[j], c[j], a[j], multiplicative)
                if score > best[question] and not _among(canonical[start + j], given[question]):
                    best[question] = score
                    answers[question] = start + j


@kernel(inline="always")
def _among(word: int, given: np.ndarray) -> bool:
    """Whether a word is one of the three given."""
    return word == given[0] or word == given[1] or word == given[2]
