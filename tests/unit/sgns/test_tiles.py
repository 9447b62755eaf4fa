from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.sgns.kernels import plain_tiles, vector_tiles
from dsgns.sgns.kernels.batch import BLOCK, PITCH, Batch
from dsgns.sgns.model import aligned_zeros

TILES = [plain_tiles, vector_tiles]
ROWS = 50


def batch_of(rng: np.random.Generator, size: int, contexts: int, targets: int, scale: float = 0.5) -> Batch:
    """Random rows, and pairs among them; a row may occur twice."""
    inputs, outputs = aligned_zeros(ROWS, size), aligned_zeros(ROWS, size)
    inputs[:] = scale * rng.normal(size=inputs.shape)
    outputs[:] = scale * rng.normal(size=outputs.shape)
    return Batch(
        inputs,
        outputs,
        contexts=rng.integers(ROWS, size=contexts),
        targets=rng.integers(ROWS, size=targets),
        sizes=np.zeros(1, np.int64),
        gradients=np.zeros(PITCH * contexts + 16, np.float32),
        changes=np.zeros((BLOCK, size), np.float32),
    )


def expected(batch: Batch, contexts: np.ndarray, targets: np.ndarray, label: float) -> tuple[np.ndarray, np.ndarray]:
    """Both matrices after a step at rate 0.1, float64."""
    inputs, outputs = batch.inputs.astype(float), batch.outputs.astype(float)
    y = outputs[targets]
    labels = np.array([label] + [0.0] * (len(targets) - 1))
    gradients = 0.1 * (labels - 1 / (1 + np.exp(-inputs[contexts] @ y.T)))
    for context, gradient in zip(contexts, gradients, strict=True):
        np.add.at(outputs, targets, np.outer(gradient, inputs[context]))
        inputs[context] += gradient @ y
    return inputs, outputs


def step(tiles, batch: Batch, first: int, contexts: int, target: int, width: int, rate: float, label: float) -> None:
    tiles.score_block(batch, first, contexts, target, width, np.float32(rate), np.float32(label))
    tiles.update_block(batch, first, contexts, target, width, target, 0)


@pytest.mark.parametrize("tiles", TILES)
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    blocks=st.integers(1, 20),
    contexts=st.integers(1, 11),
    width=st.sampled_from([1, 2, 4, 6]),
    first=st.integers(0, 3),
    target=st.integers(0, 3),
    label=st.sampled_from([0.0, 1.0]),
)
def test_a_step_is_what_numpy_says(tiles, seed, blocks, contexts, width, first, target, label):
    batch = batch_of(np.random.default_rng(seed), 16 * blocks, first + contexts, target + width, scale=1 / blocks)
    inputs, outputs = expected(batch, batch.contexts[first:], batch.targets[target:], label)
    step(tiles, batch, first, contexts, target, width, 0.1, label)
    np.testing.assert_allclose(batch.inputs, inputs, rtol=0, atol=2e-5)
    np.testing.assert_allclose(batch.outputs, outputs, rtol=0, atol=2e-5)


@pytest.mark.parametrize("tiles", TILES)
@pytest.mark.parametrize("score", [-30.0, -15.0, -6.5, -3.0, -1e-3, 0.0, 0.7, 2.0, 6.5, 12.0, 30.0])
def test_the_sigmoid_is_accurate_and_not_clipped(tiles, score):
    batch = batch_of(np.random.default_rng(0), 16, 1, 1)
    batch.inputs[:] = batch.outputs[:] = 0
    batch.inputs[:, 0], batch.outputs[:, 0] = score, 1
    tiles.score_block(batch, 0, 1, 0, 1, np.float32(1.0), np.float32(0.0))
    assert abs(-batch.gradients[0] - 1 / (1 + np.exp(-score))) < 2e-6


@pytest.mark.parametrize("tiles", TILES)
def test_other_rows_and_the_padding_stay_as_they_are(tiles):
    batch = batch_of(np.random.default_rng(1), 32, 4, 6)
    batch.inputs[:, 20:] = batch.outputs[:, 20:] = 0
    before = batch.inputs.copy(), batch.outputs.copy()
    step(tiles, batch, 0, 4, 0, 6, 0.1, 1.0)
    others = np.setdiff1d(np.arange(ROWS), batch.contexts), np.setdiff1d(np.arange(ROWS), batch.targets)
    np.testing.assert_array_equal(batch.inputs[others[0]], before[0][others[0]])
    np.testing.assert_array_equal(batch.outputs[others[1]], before[1][others[1]])
    assert not batch.inputs[:, 20:].any()
    assert not batch.outputs[:, 20:].any()
