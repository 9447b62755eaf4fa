"""SGNS trained to convergence reaches PMI - log k, where it has dimensions enough and every pair was seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import dsgns
from dsgns.comparison import compare_roads
from dsgns.engine import Engine
from dsgns.parameters import SGNSParameters
from dsgns.sgns.training import train_array
from dsgns.store import Workspace
from tests.oracle.planted import noise_of_words, weighted_line
from tests.support.corpora import write_lines

SIZE, WINDOW = 12, 3
SLOPE, INTERCEPT, RMSE = 0.03, 0.06, 0.03

# What is left is the noise of the last updates: the RMSE falls with the rate (0.026, 0.018, 0.011, 0.010 at 0.1, 0.05,
# 0.01, 0.005, five negatives), on no side of the line. An error of the slope moves the intercept by the mean of
# PMI - log k, 2.6 at fifteen negatives.
CONVERGED = {"alpha": 0.01, "min_alpha": 1e-5, "epochs": 50}


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
    parameters = SGNSParameters(vector_size=16, window=WINDOW, negative=k, sample=0, exact=exact, **CONVERGED)
    model = train_array(ids, word_counts, parameters).model
    scores = model.inputs.astype(np.float64) @ model.outputs.T
    slope, intercept = weighted_line(target, scores, pairs)
    assert slope == pytest.approx(1, abs=SLOPE)
    assert intercept == pytest.approx(0, abs=INTERCEPT)
    assert np.sqrt(np.average((scores - target) ** 2, weights=pairs)) < RMSE


@pytest.fixture(scope="module")
def trained(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Workspace]:
    """Trains on the planted text, a file, with k negatives; into one workspace, so that the text is encoded once."""
    folder = tmp_path_factory.mktemp("planted")
    documents = np.split(planted_documents(), np.flatnonzero(planted_documents() < 0) + 1)[:-1]
    text = write_lines(folder / "text.txt", [" ".join(f"w{word}" for word in ids[:-1]) for ids in documents])
    options = {"min_count": 1, "vector_size": SIZE, "window": WINDOW, "sample": 0, **CONVERGED}

    def train(k: int) -> Workspace:
        made = dsgns.train(text, folder / "w", method="sgns", negative=k, client=engine.client, **options)
        return made.store

    return train


@pytest.mark.parametrize("k", [1, 5, 15])
def test_the_comparison_says_so(engine, trained, k):
    """With as many dimensions as words SGNS is PMI - log k, and the SVD all but its own matrix."""
    workspace = trained(k)
    facts = compare_roads(engine, workspace, workspace.latest("sgns")).facts
    matrices = facts["matrices"]
    assert facts["negative"] == k
    assert facts["observed"] == SIZE**2
    assert facts["pairs"] == pytest.approx(count_pairs(planted_documents()).sum())
    sgns = matrices["sgns"]
    assert sgns["deviation"] < 2e-4
    assert sgns["regression"]["slope"] == pytest.approx(1, abs=SLOPE)
    assert sgns["regression"]["intercept"] == pytest.approx(0, abs=INTERCEPT)
    assert sgns["regression"]["rmse"] < RMSE
    assert ("svd" in matrices) == (k == 1), "of the planted pairs none is above log 5"
    if k == 1:
        svd, matrix = matrices["svd"], matrices["context_sppmi"]
        assert svd["objective"] == pytest.approx(matrix["objective"], rel=1e-3)
        assert svd["regression"] == pytest.approx(matrix["regression"], abs=0.02)
