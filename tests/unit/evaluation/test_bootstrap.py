"""The paired bootstrap finds the standard errors that are known otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import ParameterError
from dsgns.evaluation.bootstrap import bootstrap_interval, paired_bootstrap
from dsgns.evaluation.ranks import spearman


def test_accuracies_have_the_standard_error_of_a_mean():
    rng = np.random.default_rng(0)
    a, b = (rng.random((2, 2000)) < [[0.6], [0.5]]).astype(float)
    found = paired_bootstrap(a, b, seed=1)
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert found.standard_error == pytest.approx((a - b).std() / np.sqrt(2000), rel=0.1)
    assert found.mean == pytest.approx(found.difference, abs=found.standard_error / 4)
    assert paired_bootstrap(a, b, seed=1) == found, "keyed by its seed"
    assert paired_bootstrap(a, b, seed=2) != found


def test_pairing_takes_out_what_both_share():
    rng = np.random.default_rng(0)
    gold = rng.normal(size=800)
    shared = gold + rng.normal(size=800)
    a, b = (np.column_stack([gold, shared + 0.1 * rng.normal(size=800)]) for _ in range(2))
    unrelated = np.column_stack([gold, gold + rng.normal(size=800)])
    close, far = paired_bootstrap(a, b, 1, 300), paired_bootstrap(a, unrelated, 1, 300)
    assert close.difference == pytest.approx(spearman(*a.T) - spearman(*b.T))
    assert close.standard_error < far.standard_error / 3


def test_items_that_one_side_lacks_are_left_out():
    a, b = np.ones(10), np.zeros(10)
    a[0] = b[1] = np.nan
    assert paired_bootstrap(a, b, 1, 10).items == 8


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.ones(3), np.ones(4), r"\(3,\) and \(4,\)"),
        (np.ones((3, 2)), np.zeros((3, 2)), "one set"),
        (np.array([1.0, np.nan]), np.array([np.nan, 1.0]), "0 items"),
    ],
)
def test_unpaired_items_are_refused(a, b, message):
    with pytest.raises(ParameterError, match=message):
        paired_bootstrap(a, b, 1)


def test_an_interval_is_that_of_a_mean():
    items = (np.random.default_rng(0).random(2000) < 0.3).astype(float)
    low, high = bootstrap_interval(np.append(items, np.nan))
    error = items.std() / np.sqrt(2000)
    assert (low, high) == pytest.approx((items.mean() - 1.96 * error, items.mean() + 1.96 * error), abs=0.3 * error)
    narrow = bootstrap_interval(items, confidence=0.5)
    assert low < narrow.low < narrow.high < high


def test_an_interval_of_a_correlation_holds_it():
    rng = np.random.default_rng(0)
    gold = rng.normal(size=400)
    items = np.column_stack([gold, gold + rng.normal(size=400)])
    low, high = bootstrap_interval(items, resamples=500)
    # Fisher's z has standard error 1 / sqrt(n - 3), for ranks times sqrt(1.06) (Fieller et al. 1957).
    z, error = np.arctanh(spearman(*items.T)), np.sqrt(1.06 / 397)
    assert (low, high) == pytest.approx((np.tanh(z - 1.96 * error), np.tanh(z + 1.96 * error)), abs=0.02)


def test_too_few_items_have_no_interval():
    assert np.isnan(bootstrap_interval(np.array([1.0, np.nan]))).all()
    assert np.isnan(bootstrap_interval(np.ones((5, 2)), resamples=3)).all()
