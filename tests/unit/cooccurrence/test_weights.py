"""Integer weights are the weights meant, exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.errors import ParameterError
from dsgns.parameters import CountsParameters

MEANT = {
    "flat": lambda window, distance: Fraction(1),
    "dynamic": lambda window, distance: Fraction(window + 1 - distance, window),
    "harmonic": lambda window, distance: Fraction(1, distance),
}


@pytest.mark.parametrize("weighting", MEANT)
@pytest.mark.parametrize("window", [1, 2, 5, 10, 15, 22, 40])
def test_weights_over_their_scale_are_the_weights_meant(window, weighting):
    weights = window_weights(CountsParameters(window, weighting))
    assert weights.window == window
    for distance, value in enumerate(weights.values, start=1):
        assert Fraction(value, weights.scale) == MEANT[weighting](window, distance)


def test_dynamic_weights_are_the_expectation_of_a_window_drawn_uniformly():
    window = 7
    weights = window_weights(CountsParameters(window, "dynamic"))
    for distance, value in enumerate(weights.values, start=1):
        drawn = sum(distance <= size for size in range(1, window + 1))
        assert Fraction(value, weights.scale) == Fraction(drawn, window)


def test_narrow_occurrences_is_the_last_number_that_cannot_overflow_uint32():
    weights = window_weights(CountsParameters(15, "harmonic"))
    most = weights.narrow_occurrences()
    assert most * weights.reach < 2**32 <= (most + 1) * weights.reach


def test_scalars_have_the_dtype_asked_for():
    assert [type(value) for value in WindowWeights((2, 1), 2).as_scalars(np.uint32)] == [np.uint32, np.uint32]


def test_weights_that_could_overflow_64_bits_are_refused():
    weights = window_weights(CountsParameters(40, "harmonic"))
    weights.require_exact((2**64 - 1) // weights.reach)
    with pytest.raises(ParameterError, match="at most 22"):
        weights.require_exact(2**64 // weights.reach + 1)


def test_the_window_that_the_refusal_names_counts_any_corpus():
    window_weights(CountsParameters(22, "harmonic")).require_exact(5 * 10**9)
