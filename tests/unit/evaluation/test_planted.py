"""SGNS trained to convergence reaches PMI - log k, where it has dimensions enough and every pair was seen."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.comparison import compare_roads
from dsgns.parameters import SGNSParameters, VocabularyParameters
from dsgns.pipeline import TrainParameters, encode, walk_sgns
from dsgns.sgns.training import train_array
from tests.oracle.planted import noise_of_words, weighted_line
from tests.support.corpora import write_lines
from tests.support.serial import SerialEngine

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
        vector_size=16, window=WINDOW, negative=k, sample=0, alpha=0.02, min_alpha=1e-5, epochs=50, exact=exact
    )
    model = train_array(ids, word_counts, parameters).model
    scores = model.inputs.astype(np.float64) @ model.outputs.T
    slope, intercept = weighted_line(target, scores, pairs)
    assert slope == pytest.approx(1, abs=0.05)
    assert intercept == pytest.approx(0, abs=0.1)
    assert np.sqrt(np.average((scores - target) ** 2, weights=pairs)) < 0.05


def test_the_comparison_says_so(workspace, tmp_path):
    """With as many dimensions as words SGNS is PMI - log k, and the SVD all but its own matrix."""
    documents = np.split(ids := planted_documents(), np.flatnonzero(ids < 0) + 1)[:-1]
    lines = [" ".join(f"w{word}" for word in document[:-1]) for document in documents]
    parameters = TrainParameters(
        vocabulary=VocabularyParameters(min_count=1),
        sgns=SGNSParameters(
            vector_size=SIZE, window=WINDOW, negative=1, sample=0, alpha=0.02, min_alpha=1e-5, epochs=50
        ),
    )
    engine = SerialEngine(1 << 30)
    tokens = encode(engine, workspace, [write_lines(tmp_path / "text.txt", lines)], parameters)
    facts = compare_roads(engine, workspace, walk_sgns(engine, workspace, tokens, parameters)).facts
    matrices = facts["matrices"]
    assert facts["pairs"] == pytest.approx(count_pairs(ids).sum())
    sgns = matrices["sgns"]
    assert sgns["deviation"] < 1e-3
    assert sgns["regression"]["slope"] == pytest.approx(1, abs=0.05)
    assert sgns["regression"]["intercept"] == pytest.approx(0, abs=0.1)
    assert sgns["regression"]["rmse"] < 0.05
    svd, matrix = matrices["svd"], matrices["context_sppmi"]
    assert svd["objective"] == pytest.approx(matrix["objective"], rel=1e-3)
    assert svd["regression"] == pytest.approx(matrix["regression"], abs=0.02)
