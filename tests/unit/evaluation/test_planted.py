"""SGNS trained to convergence reaches PMI - log k, where it has dimensions enough and every pair was seen."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.parameters import SGNSParameters
from dsgns.sgns.training import train_array
from tests.oracle.planted import noise_of_words, weighted_line

SIZE, WINDOW = 12, 3


def planted_documents(tokens: int = 40_000, length: int = 30) -> np.ndarray:
    """Word ids, int32, -1 after each document; a document prefers the words of one of two topics."""
    rng = np.random.default_rng(0)
    frequency = 1 / np.arange(2, SIZE + 2)
    documents = []
    for _ in range(tokens // length):
        weights = frequency * np.where(np.arange(SIZE) % 2 == rng.integers(2), 6, 1)
        documents.append(np.append(rng.choice(SIZE, length, p=weights / weights.sum()), -1))
    return np.concatenate(documents).astype(np.int32)


def count_pairs(ids: np.ndarray) -> np.ndarray:
    """Expected pairs under word2vec's random window, document by document, shape (SIZE, SIZE), float64."""
    counts = np.zeros((SIZE, SIZE))
    for document in np.split(ids, np.flatnonzero(ids < 0) + 1):
        words = document[document >= 0]
        for distance in range(1, WINDOW + 1):
            np.add.at(counts, (words[:-distance], words[distance:]), (WINDOW + 1 - distance) / WINDOW)
    return counts + counts.T


@pytest.mark.parametrize(("k", "exact"), [(1, False), (5, False), (15, False), (5, True)])
def test_training_converges_to_shifted_pmi(k, exact):
    ids = planted_documents()
    word_counts, pairs = np.bincount(ids[ids >= 0]), count_pairs(ids)
    assert pairs.min() > 0, "every pair was seen"
    target = np.log(pairs / pairs.sum(axis=1, keepdims=True) / noise_of_words(word_counts)) - np.log(k)
    parameters = SGNSParameters(
        vector_size=16, window=WINDOW, negative=k, sample=0, alpha=0.02, min_alpha=1e-5, epochs=80, exact=exact
    )
    model = train_array(ids, word_counts, parameters).model
    scores = model.inputs.astype(np.float64) @ model.outputs.T
    slope, intercept = weighted_line(target, scores, pairs)
    assert slope == pytest.approx(1, abs=0.05)
    assert intercept == pytest.approx(0, abs=0.1)
    assert np.sqrt(np.average((scores - target) ** 2, weights=pairs)) < 0.05
