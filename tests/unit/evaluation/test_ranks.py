"""Correlations against scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from dsgns.evaluation.ranks import average_ranks, pearson, spearman

numbers = st.lists(st.integers(-5, 5), min_size=3, max_size=30)


@given(numbers)
def test_ranks(values):
    np.testing.assert_array_equal(average_ranks(np.array(values)), scipy.stats.rankdata(values))


@given(st.data(), numbers)
def test_correlations(data, x):
    y = data.draw(st.lists(st.integers(-5, 5), min_size=len(x), max_size=len(x)))
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(spearman(np.array(x), np.array(y)))
    else:
        assert spearman(np.array(x), np.array(y)) == pytest.approx(scipy.stats.spearmanr(x, y)[0], abs=1e-12)
        assert pearson(np.array(x), np.array(y)) == pytest.approx(scipy.stats.pearsonr(x, y)[0], abs=1e-12)
