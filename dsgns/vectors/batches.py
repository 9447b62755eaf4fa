"""Many questions at once: the vocabulary passes by in blocks, and only the best of each question stay.

A matrix of all words by all words is never made: what is held is a block of cosines and k answers a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from dsgns.vectors.embedding import CosineBlocks, Embedding
from dsgns.vectors.kernels_best import keep_best

QUESTIONS = 1024
"""Answered together, so that each number of a vector that is read serves as many."""
# Cosines held at a time: 16 MiB.
_COSINES = 1 << 22

Best = tuple[np.ndarray, np.ndarray]
"""Rows, shape (q, k), int64, -1 where there are no more; and their scores, shape (q, k), float32, falling."""


def best_of(blocks: CosineBlocks, excluded: np.ndarray, stop: int, count: int) -> Best:
    """The rows with the highest scores for each question; of equal ones the first.

    Parameters
    ----------
    blocks
        Scores of all questions with rows ``start`` to ``stop``, shape (q, stop - start), float32.
    excluded : shape (q, e), int64
        Rows that are no answers.
    stop
        Only rows before this one.
    count
        k.
    """
    questions = len(excluded)
    best = np.full((questions, count), -np.inf, np.float32)
    rows = np.full((questions, count), -1, np.int64)
    step = max(256, _COSINES // max(questions, 1))
    for start in range(0, stop if count and questions else 0, step):
        scores = np.ascontiguousarray(blocks(start, min(start + step, stop)), np.float32)
        keep_best(scores, excluded, start, best, rows)
    return rows, best


def nearest(vectors: Embedding, words: np.ndarray, stop: int, count: int) -> Best:
    """For each of some rows, those with the highest cosines, but itself."""
    return _in_batches(words, count, lambda some: best_of(vectors.cosines(some), some[:, None], stop, count))


def answers(vectors: Embedding, questions: np.ndarray, stop: int, count: int, multiplicative: bool) -> Best:
    """For each question a, b, c the rows that are to c as b is to a, but these three.

    Parameters
    ----------
    questions : shape (q, 3), int64
        Rows of a, b and c.
    multiplicative
        3CosMul (Levy & Goldberg 2014, equation 4) rather than 3CosAdd, whose score is the cosine with b - a + c.
    """

    def some_answers(some: np.ndarray) -> Best:
        words, terms = np.unique(some, return_inverse=True)
        a, b, c = terms.reshape(some.shape).T
        # Few words make up many questions: each cosine is computed once.
        cosines = vectors.cosines(words)
        lengths = np.ones(len(some), np.float32) if multiplicative else _lengths(vectors, some)

        def scores(start: int, end: int) -> np.ndarray:
            block = cosines(start, end)
            if multiplicative:
                block = (block + 1) / 2
                return block[b] * block[c] / (block[a] + np.float32(1e-6))
            total = block[b]
            total += block[c]
            total -= block[a]
            total /= lengths[:, None]
            return total

        return best_of(scores, some, stop, count)

    return _in_batches(questions, count, some_answers)


def _lengths(vectors: Embedding, questions: np.ndarray) -> np.ndarray:
    """How long b - a + c is, of vectors of length 1, shape (q,), float32: their cosines say it."""
    a, b, c = questions.T
    bc, ab, ac = (vectors.pair_cosines(*pair).astype(np.float64) for pair in ((b, c), (a, b), (a, c)))
    squares = (vectors.norms[questions] > 0).sum(axis=1) + 2 * (bc - ab - ac)
    return np.sqrt(np.where(squares > 1e-6, squares, 1.0)).astype(np.float32)


def _in_batches(questions: np.ndarray, count: int, ask: Callable[[np.ndarray], Best]) -> Best:
    if not len(questions):
        return np.empty((0, count), np.int64), np.empty((0, count), np.float32)
    found = [ask(some) for some in _parts(questions)]
    return np.concatenate([rows for rows, _ in found]), np.concatenate([scores for _, scores in found])


def _parts(questions: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(questions), QUESTIONS):
        yield questions[start : start + QUESTIONS]
