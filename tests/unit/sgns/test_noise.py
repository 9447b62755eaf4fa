from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.sgns.noise import alias_table, keep_probabilities, keep_thresholds, noise_distribution


@settings(max_examples=50, deadline=None)
@given(
    counts=st.lists(st.integers(1, 10**9), min_size=1, max_size=300), exponent=st.sampled_from([0.0, 0.5, 0.75, 1.0])
)
def test_the_alias_table_holds_the_distribution(counts, exponent):
    probabilities = noise_distribution(np.array(counts), exponent)
    table = alias_table(probabilities)
    thresholds, aliases = (table >> np.uint64(32)) / 2.0**32, (table & np.uint64(0xFFFFFFFF)).astype(int)
    held = thresholds.copy()
    np.add.at(held, aliases, 1 - thresholds)
    np.testing.assert_allclose(held / len(counts), probabilities, rtol=0, atol=2.0**-31)


def test_the_noise_distribution_is_the_smoothed_unigram():
    np.testing.assert_allclose(noise_distribution(np.array([16, 1]), 0.75), [8 / 9, 1 / 9])


def test_subsampling_is_that_of_word2vec():
    counts, t = np.array([5_000_000, 400_000, 4_000, 10]), 1e-3
    total = counts.sum()
    expected = (np.sqrt(counts / (t * total)) + 1) * (t * total) / counts
    np.testing.assert_allclose(keep_probabilities(counts, t), np.minimum(expected, 1))
    assert keep_probabilities(counts, t)[-1] == 1
    assert (keep_probabilities(counts, 0.0) == 1).all()


def test_thresholds_of_words_that_always_stay_let_all_bits_pass():
    assert (keep_thresholds(np.array([1, 1, 1]), 0.0) == 0xFFFFFFFF).all()


def test_thresholds_are_probabilities_of_32_bits():
    counts = np.array([10**9, 10**6, 10**3])
    thresholds = keep_thresholds(counts, 1e-5).astype(float) + 1
    np.testing.assert_allclose(thresholds / 2**32, keep_probabilities(counts, 1e-5), rtol=0, atol=2.0**-31)
