"""The best scores, ties and all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dsgns.vectors.ranking import top_indices


def top_by_sorting(scores, count, excluded):
    order = sorted((-score, index) for index, score in enumerate(scores) if index not in excluded)
    return [index for _, index in order][:count]


@given(
    arrays(np.float32, st.integers(0, 30), elements=st.integers(-4, 4).map(float)),
    st.integers(0, 40),
    st.sets(st.integers(0, 29), max_size=5),
)
def test_the_best_come_first_and_ties_by_position(scores, count, excluded):
    excluded = {index for index in excluded if index < len(scores)}
    assert top_indices(scores, count, excluded).tolist() == top_by_sorting(scores, count, excluded)


def test_not_a_number_is_lower_than_any_number():
    assert top_indices(np.array([np.nan, -5, np.nan, 3]), 2).tolist() == [3, 1]
