"""Gradients against finite differences, and optima against what the theory says they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize

from tests.oracle.losses import nce_loss, negative_sampling_loss, softmax_loss, through_vectors
from tests.oracle.planted import noise_of_words, planted_counts, weighted_line

COUNTS = planted_counts()
NOISE = noise_of_words(COUNTS.sum(axis=1))
SIZE = len(COUNTS)
LOSSES = {
    "softmax": softmax_loss(COUNTS),
    "nce": nce_loss(COUNTS, NOISE, 5),
    "negative sampling": negative_sampling_loss(COUNTS, NOISE, 5),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("vector_size", [2, 10])
def test_gradients_agree_with_finite_differences(name, vector_size):
    of_vectors = through_vectors(LOSSES[name], vector_size)
    point = np.random.default_rng(1).normal(size=2 * SIZE * vector_size) / 2
    _, gradient = of_vectors(point)
    numeric = approx_fprime(point, lambda flat: of_vectors(flat)[0], 1e-7)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-3, atol=1e-5 * np.abs(gradient).max())


def scores_at_optimum(loss):
    start = np.random.default_rng(2).normal(size=2 * SIZE * SIZE) / 10
    found = minimize(
        through_vectors(loss, SIZE),
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 20_000, "maxfun": 20_000, "ftol": 1e-15},
    )
    words, contexts = found.x.reshape(2, SIZE, SIZE)
    return words @ contexts.T


def test_softmax_learns_the_conditional_distribution():
    x = scores_at_optimum(LOSSES["softmax"])
    p = np.exp(x - np.logaddexp.reduce(x, axis=1, keepdims=True))
    np.testing.assert_allclose(p, COUNTS / COUNTS.sum(axis=1, keepdims=True), rtol=1e-2)


def test_nce_learns_it_normalised_without_being_told_to():
    x = scores_at_optimum(LOSSES["nce"])
    np.testing.assert_allclose(np.exp(x), COUNTS / COUNTS.sum(axis=1, keepdims=True), rtol=1e-2)
    np.testing.assert_allclose(np.exp(x).sum(axis=1), 1, rtol=1e-2)


@pytest.mark.parametrize("k", [1, 5, 15])
def test_negative_sampling_learns_shifted_pmi(k):
    """Levy & Goldberg 2014, equation 10, with word2vec's smoothed noise in place of the contexts' frequencies."""
    pmi = np.log(COUNTS / COUNTS.sum(axis=1, keepdims=True) / NOISE)
    x = scores_at_optimum(negative_sampling_loss(COUNTS, NOISE, k))
    slope, intercept = weighted_line(pmi - np.log(k), x, COUNTS)
    assert slope == pytest.approx(1, abs=0.05)
    assert intercept == pytest.approx(0, abs=0.1)
    assert np.sqrt(np.average((x - pmi + np.log(k)) ** 2, weights=COUNTS)) < 0.01
    # Correlation alone could not tell one k from another; the intercept over plain PMI does.
    assert weighted_line(pmi, x, COUNTS)[1] == pytest.approx(-np.log(k), abs=0.1)
