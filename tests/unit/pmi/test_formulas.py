"""Folded vectors are the textbook's formula taken apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import folded_vectors, keep_probabilities


def test_keep_probabilities_are_word2vecs():
    counts = np.array([900_000, 99_990, 10, 0])
    keep = keep_probabilities(counts, 1e-3)
    frequency = counts[:2] / counts.sum()
    # word2vec.c: (sqrt(cn / (sample * train_words)) + 1) * (sample * train_words) / cn
    ratio = frequency / 1e-3
    np.testing.assert_allclose(keep[:2], (np.sqrt(ratio) + 1) / ratio)
    assert keep[2] == keep[3] == 1.0
    assert (keep_probabilities(counts, 0.0) == 1.0).all()


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32),
    cds=st.sampled_from([0.5, 0.75, 1.0]),
    shift=st.sampled_from([1.0, 5.0, 0.5]),
    scale=st.sampled_from([1, 60, 2520]),
)
def test_the_vectors_add_up_to_the_formula(seed, cds, shift, scale):
    rng = np.random.default_rng(seed)
    data = rng.integers(1, 1000, (6, 6))
    data += data.T
    keep = rng.uniform(0.1, 1.0, 6)
    weighted = keep[:, None] * keep[None, :] * data / scale
    sums = weighted.sum(1)
    row, column = folded_vectors(sums, keep, scale, PMIParameters(cds, shift, 0.0))
    smoothed = sums**cds / (sums**cds).sum()
    joint = weighted / weighted.sum()
    expected = np.log(joint / (sums / sums.sum())[:, None] / smoothed[None, :]) - np.log(shift)
    np.testing.assert_allclose(np.log(data) - row[:, None] - column[None, :], expected, atol=1e-12)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1, 60, 2520]))
def test_roots_are_scaled_as_by_canonical_correlation(seed, scale):
    rng = np.random.default_rng(seed)
    data = rng.integers(0, 1000, (6, 6))
    data += data.T
    keep = rng.uniform(0.1, 1.0, 6)
    weighted = keep[:, None] * keep[None, :] * data / scale
    sums = weighted.sum(1)
    row, column = folded_vectors(sums, keep, scale, PMIParameters(transform="root-cca"))
    expected = np.sqrt(weighted) / (sums[:, None] * sums[None, :]) ** 0.25
    found = np.sqrt(data) * row[:, None] * column[None, :]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert found.max() <= 1 + 1e-12


@pytest.mark.parametrize("transform", ["sppmi", "root-cca"])
def test_words_never_seen_near_another_change_nothing_and_stay_finite(transform):
    sums, keep, parameters = np.array([3.0, 1.0]), np.ones(2), PMIParameters(transform=transform)
    row, column = folded_vectors(np.append(sums, 0.0), np.ones(3), 1, parameters)
    np.testing.assert_array_equal(row[:2], folded_vectors(sums, keep, 1, parameters)[0])
    assert row[2] == column[2] == 0.0


@pytest.mark.parametrize("cds", [0.5, 1.0])
def test_a_corpus_without_any_pair_gives_finite_vectors(cds):
    row, column = folded_vectors(np.zeros(2), np.ones(2), 1, PMIParameters(cds))
    assert not row.any()
    assert not column.any()
