from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.sgns.kernels import plain_tiles, vector_tiles
from dsgns.sgns.kernels.batch import BLOCK, Batch
from dsgns.sgns.model import aligned_zeros

TILES = [plain_tiles.step_block, vector_tiles.step_block]
ROWS = 50


def batch_of(rng: np.random.Generator, size: int, contexts: int, targets: int, scale: float = 0.5) -> Batch:
    """Random rows, and pairs among them with repeats and noise."""
    inputs, outputs = aligned_zeros(ROWS, size), aligned_zeros(ROWS, size)
    inputs[:] = scale * rng.normal(size=inputs.shape)
    outputs[:] = scale * rng.normal(size=outputs.shape)
    return Batch(
        inputs,
        outputs,
        contexts=rng.permutation(ROWS)[:contexts],
        repeats=np.pad(rng.integers(1, 4, contexts), (0, 16)).astype(np.float32),
        targets=rng.permutation(ROWS)[:targets],
        positives=np.pad(rng.integers(0, 2, targets), (0, 16)).astype(np.float32),
        totals=np.pad(rng.integers(1, 4, targets), (0, 16)).astype(np.float32),
        gradients=np.zeros(BLOCK * targets + 16, np.float32),
        changes=np.zeros((BLOCK, size), np.float32),
    )


def expected(
    batch: Batch, context: int, rows: int, target: int, count: int, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Both matrices after the step, float64."""
    contexts, targets = batch.contexts[context : context + rows], batch.targets[target : target + count]
    some = slice(context, context + rows), slice(target, target + count)
    inputs, outputs = batch.inputs.astype(float), batch.outputs.astype(float)
    x, y = inputs[contexts], outputs[targets]
    error = batch.positives[some[1]] - batch.totals[some[1]] / (1 + np.exp(-x @ y.T))
    gradients = rate * batch.repeats[some[0], None] * error
    inputs[contexts] += gradients @ y
    outputs[targets] += gradients.T @ x
    return inputs, outputs


@pytest.mark.parametrize("step_block", TILES)
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    blocks=st.integers(1, 20),
    rows=st.sampled_from([1, 2, 4]),
    count=st.integers(1, 20),
    context=st.integers(0, 3),
    target=st.integers(0, 3),
)
def test_a_step_is_what_numpy_says(step_block, seed, blocks, rows, count, context, target):
    batch = batch_of(np.random.default_rng(seed), 16 * blocks, context + rows, target + count, scale=1 / blocks)
    inputs, outputs = expected(batch, context, rows, target, count, 0.1)
    step_block(batch, context, rows, target, count, np.float32(0.1))
    np.testing.assert_allclose(batch.inputs, inputs, rtol=0, atol=2e-5)
    np.testing.assert_allclose(batch.outputs, outputs, rtol=0, atol=2e-5)


@pytest.mark.parametrize("step_block", TILES)
@pytest.mark.parametrize("score", [-30.0, -15.0, -6.5, -3.0, -1e-3, 0.0, 0.7, 2.0, 6.5, 12.0, 30.0])
def test_the_sigmoid_is_accurate_and_not_clipped(step_block, score):
    batch = batch_of(np.random.default_rng(0), 16, 1, 1)
    batch.inputs[:] = batch.outputs[:] = 0
    batch.inputs[:, 0], batch.outputs[:, 0] = score, 1
    batch.repeats[0], batch.positives[0], batch.totals[0] = 1, 0, 1
    step_block(batch, 0, 1, 0, 1, np.float32(1.0))
    assert abs(-batch.gradients[0] - 1 / (1 + np.exp(-score))) < 2e-6


@pytest.mark.parametrize("step_block", TILES)
def test_other_rows_and_the_padding_stay_as_they_are(step_block):
    batch = batch_of(np.random.default_rng(1), 32, 4, 6)
    batch.inputs[:, 20:] = batch.outputs[:, 20:] = 0
    before = batch.inputs.copy(), batch.outputs.copy()
    step_block(batch, 0, 4, 0, 6, np.float32(0.1))
    others = np.setdiff1d(np.arange(ROWS), batch.contexts), np.setdiff1d(np.arange(ROWS), batch.targets)
    np.testing.assert_array_equal(batch.inputs[others[0]], before[0][others[0]])
    np.testing.assert_array_equal(batch.outputs[others[1]], before[1][others[1]])
    assert not batch.inputs[:, 20:].any()
    assert not batch.outputs[:, 20:].any()
