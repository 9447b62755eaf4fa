from __future__ import annotations

import numpy as np

from dsgns.sgns.gauge import Moments, corrected, correction, product

WIDTH = 6


def moments(inputs, outputs, input_change, output_change) -> Moments:
    return Moments(
        product(inputs, input_change),
        product(output_change, outputs),
        product(inputs, inputs),
        product(outputs, outputs),
    )


def pair(seed: int, size: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return (size * rng.normal(size=(80, WIDTH))).astype(np.float32), (size * rng.normal(size=(90, WIDTH))).astype(
        np.float32
    )


def test_a_correction_leaves_the_scores_and_evens_the_fluxes():
    inputs, outputs = pair(0)
    changes = pair(1, 1e-3)
    change = correction([moments(inputs, outputs, *changes)])
    after = corrected(inputs + changes[0], outputs + changes[1], change)
    np.testing.assert_allclose(after[0] @ after[1].T, (inputs + changes[0]) @ (outputs + changes[1]).T, atol=1e-4)
    before, left = (
        np.linalg.norm(inputs.T @ (a - inputs) - (b - outputs).T @ outputs)
        for a, b in ((inputs + changes[0], outputs + changes[1]), after)
    )
    assert left < 0.02 * before


def test_a_large_correction_leaves_the_scores_too():
    inputs, outputs = pair(0)
    change = np.random.default_rng(3).normal(size=(WIDTH, WIDTH)).astype(np.float32)
    change *= 0.5 / np.linalg.norm(change, 2)
    after = corrected(inputs, outputs, change)
    assert np.abs(after[0] - inputs).max() > 0.1
    np.testing.assert_allclose(after[0] @ after[1].T, inputs @ outputs.T, atol=1e-4)


def test_steps_on_pairs_need_no_correction():
    """One full gradient step: each pair's residual moves both rows alike."""
    inputs, outputs = pair(0)
    residual = 1e-3 * np.random.default_rng(2).normal(size=(80, 90)).astype(np.float32)
    change = correction([moments(inputs, outputs, residual @ outputs, residual.T @ inputs)])
    assert np.abs(change).max() < 1e-6


def test_shards_add_up():
    inputs, outputs = pair(0)
    changes = pair(1, 1e-3)
    whole = correction([moments(inputs, outputs, *changes)])
    halves = [
        moments(inputs[rows], outputs[others], changes[0][rows], changes[1][others])
        for rows, others in ((slice(40), slice(45)), (slice(40, None), slice(45, None)))
    ]
    np.testing.assert_allclose(correction(halves), whole, atol=1e-6)


def test_corrections_are_small_and_finite_even_before_training():
    inputs, nothing = pair(0)[0], np.zeros((90, WIDTH), np.float32)
    change = correction([moments(inputs, nothing, 100 * inputs, nothing)])
    assert np.linalg.norm(change, 2) < 0.5 + 1e-6
    still = correction([moments(0 * inputs, nothing, 0 * inputs, nothing)])
    assert not still.any()
