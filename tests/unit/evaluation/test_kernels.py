"""The analogy kernel against the plain loop that it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.evaluation.kernels import best_answers


def best_by_loop(cosines, terms, given_words, canonical, start, multiplicative, best, answers):
    for question, (a, b, c) in enumerate(terms):
        for j in range(cosines.shape[1]):
            if multiplicative:
                score = (1 + cosines[b, j]) / 2 * (1 + cosines[c, j]) / 2 / ((1 + cosines[a, j]) / 2 + 1e-6)
            else:
                score = cosines[b, j] + cosines[c, j] - cosines[a, j]
            if score > best[question] and canonical[start + j] not in given_words[question]:
                best[question], answers[question] = score, start + j


@given(st.integers(0, 2**32 - 1), st.integers(1, 200), st.booleans())
@settings(deadline=None, max_examples=50)
def test_best_answers(seed, size, multiplicative):
    rng = np.random.default_rng(seed)
    # Sixteenths are exact in float32 and make many ties.
    cosines = (rng.integers(-16, 17, size=(9, size + 70)) / 16).astype(np.float32)
    canonical = np.minimum(np.arange(size + 70), rng.integers(0, size + 70, size + 70)).astype(np.int32)
    words = np.sort(rng.choice(size + 70, 9, replace=False))
    terms = rng.integers(0, 9, size=(20, 3))
    expected, found = ((np.full(20, -np.inf, np.float32), np.zeros(20, np.int64)) for _ in range(2))
    for start, stop in [(0, size), (size, size + 70)]:
        block = np.ascontiguousarray(cosines[:, start:stop])
        best_by_loop(block, terms, canonical[words][terms], canonical, start, multiplicative, *expected)
        best_answers(block, terms, canonical[words][terms], canonical, start, multiplicative, *found)
    assert found[0] == pytest.approx(expected[0], rel=1e-5)
    if not multiplicative:
        np.testing.assert_array_equal(found[1], expected[1])
