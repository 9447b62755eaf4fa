from __future__ import annotations

import numpy as np
import pytest

from dsgns.parameters import SGNSParameters
from dsgns.sgns.curvature import Curvature, Frequencies, sampled_ranks


def test_the_curvature_is_the_hessian_of_the_mean_loss():
    """Against numerical second differences of log(1 + exp(x.y)), its part that does not depend on the label."""
    rng = np.random.default_rng(0)
    others, weights = rng.normal(size=(40, 6)).astype(np.float32), rng.dirichlet(np.ones(40))
    row = np.zeros((1, 6), np.float32)  # the slope is .25 for all others, so the factor is exact
    curvature = Curvature.of(row, others, weights)
    hessian = (curvature.vectors * curvature.values) @ curvature.vectors.T * curvature.slopes[0]

    def loss(x):
        return weights @ np.logaddexp(0, others @ x)

    h, units = 1e-2, np.eye(6)
    numeric = [[(loss(h * (a + b)) - loss(h * (a - b)) - loss(h * (b - a)) + loss(-h * (a + b))) / (4 * h * h)
                for a in units] for b in units]  # fmt: skip
    np.testing.assert_allclose(hessian, numeric, atol=2e-3)


def test_slopes_fall_with_the_length_of_a_row():
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.normal(size=(100, 16)), 5 * rng.normal(size=(100, 16))]).astype(np.float32)
    slopes = Curvature.of(rows, rng.normal(size=(50, 16)).astype(np.float32), np.full(50, 0.02)).slopes_of(0, 400, 200)
    assert slopes.shape == (400,)
    assert slopes[:20].mean() > 1.5 * slopes[180:].mean()
    assert (slopes[200:] == slopes[200]).all()


def test_sampled_ranks_reach_from_the_first_to_the_last():
    for size in (1, 2, 100, 8192):
        ranks = sampled_ranks(size)
        assert ranks[0] == 0
        assert ranks[-1] == size - 1
        assert (np.diff(ranks) > 0).all()


@pytest.mark.parametrize("sample", [0.0, 1e-2])
def test_frequencies_add_up_to_all_updates(sample):
    parameters = SGNSParameters(window=4, negative=3, sample=sample)
    counts = np.arange(50, 0, -1).astype(np.int64) ** 2
    found = Frequencies.of(counts, parameters)
    assert found.inputs.sum() == pytest.approx(found.outputs.sum(), rel=1e-5)
    if sample == 0.0:
        assert found.inputs.sum() == pytest.approx(5 * 4, rel=1e-5)
    shares = found.weights()
    assert [share.sum() for share in shares] == pytest.approx([1, 1])
