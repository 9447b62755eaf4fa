from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.sgns.curvature import Curvature
from dsgns.sgns.merging import RowDelta, Step, damp, merged

WIDTH = 16


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


def curvature_of(values: np.ndarray, seed: int = 0) -> Curvature:
    vectors = np.linalg.qr(np.random.default_rng(seed).normal(size=(values.size, values.size)))[0]
    return Curvature(np.sort(values).astype(np.float32), vectors.astype(np.float32), np.array([0.25]))


def step(rows: int, pull: float, curvature: Curvature, replicas: int = 8) -> Step:
    """Where the updates of all replicas, one of each, come to this pull."""
    return Step(np.full(rows, pull / replicas, np.float32), curvature, replicas)


def damped_twin(total, touching, pull, curvature):
    """Direction by direction, in float64."""
    out = np.zeros(total.shape)
    for row, replicas in enumerate(touching):
        for value, vector in zip(curvature.values.astype(float), curvature.vectors.T.astype(float), strict=True):
            x = pull[row] * value / max(replicas, 1)
            share = -np.expm1(-replicas * x) / (replicas * -np.expm1(-x)) if replicas > 1 and x > 1e-9 else 1.0
            out[row] += share * (vector @ total[row]) * vector
    return out


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(-3, 3))
def test_damping_is_what_it_is_direction_by_direction(seed, scale):
    rng = np.random.default_rng(seed)
    curvature = curvature_of(rng.exponential(size=WIDTH) ** 3, seed)
    total = rng.normal(size=(12, WIDTH)).astype(np.float32)
    touching, pull = rng.integers(0, 70, 12).astype(np.int32), (10**scale * rng.exponential(size=12)).astype(np.float32)
    expected = damped_twin(total, touching, pull, curvature)
    found = RowDelta(np.arange(12, dtype=np.int32), total, touching, touching)
    damp(found, pull, curvature)
    # What is left alone because it hardly matters stays within half of the threshold's exponent.
    np.testing.assert_allclose(total, expected, atol=0.06 * np.abs(expected).max())


def test_rare_rows_get_the_sum_and_frequent_ones_the_mean():
    curvature = curvature_of(np.ones(WIDTH))
    deltas = [RowDelta(ids(0, 1), np.full((2, WIDTH), 0.01, np.float32), ids(1, 1), ids(1, 1)) for _ in range(8)]
    rare, _, _ = merged(np.zeros((2, WIDTH), np.float32), deltas, step(2, 1e-4, curvature))
    often, _, _ = merged(np.zeros((2, WIDTH), np.float32), deltas, step(2, 1e4, curvature))
    np.testing.assert_allclose(rare, 0.08, rtol=1e-5)
    np.testing.assert_allclose(often, 0.01, rtol=1e-3)


def test_replicas_that_pull_a_row_home_come_where_one_after_another_would():
    """dx/dt = -H x: the exact answer is known, for any number of replicas."""
    rng = np.random.default_rng(1)
    start, curvature = rng.normal(size=(1, WIDTH)), curvature_of(np.geomspace(0.01, 30, WIDTH))
    for replicas in (2, 16, 64):
        along = start @ curvature.vectors
        decay = np.exp(-curvature.values / replicas)
        change = ((decay - 1) * along @ curvature.vectors.T).astype(np.float32)
        deltas = [RowDelta(ids(0), change, ids(1), ids(1))] * replicas
        found, _, redone = merged(start.astype(np.float32), deltas, step(1, 1.0, curvature, replicas))
        expected = (np.exp(-curvature.values) * along) @ curvature.vectors.T
        np.testing.assert_allclose(found, expected, atol=2e-3)
        assert not redone


def test_what_one_replica_changed_is_its_own():
    change = np.arange(WIDTH, dtype=np.float32)[None] / 100
    found, _, _ = merged(
        np.zeros((1, WIDTH), np.float32),
        [RowDelta(ids(0), change, ids(1), ids(1))],
        step(1, 1e4, curvature_of(np.ones(WIDTH))),
    )
    np.testing.assert_array_equal(found, change)


def test_many_replicas_in_one_change_count_as_many():
    curvature = curvature_of(np.ones(WIDTH))
    once = [RowDelta(ids(0), np.full((1, WIDTH), 0.08, np.float32), ids(8), ids(8))]
    found, _, _ = merged(np.zeros((1, WIDTH), np.float32), once, step(1, 1e4, curvature))
    np.testing.assert_allclose(found, 0.01, rtol=1e-3)


@pytest.mark.parametrize("bad", [100.0, np.inf, np.nan])
def test_rows_that_would_blow_up_get_the_mean(bad):
    shard = np.ones((3, WIDTH), np.float32)
    change = np.ones((1, WIDTH), np.float32)
    flat = curvature_of(np.zeros(WIDTH))
    deltas = [RowDelta(ids(1), change, ids(1), ids(1)) for _ in range(64)]
    found, _, redone = merged(shard, deltas, step(3, 1.0, flat, replicas=64))
    assert redone
    np.testing.assert_allclose(found[1], 2)
    np.testing.assert_array_equal(found[[0, 2]], 1)
    change[0, 0] = bad
    with np.errstate(invalid="ignore", over="ignore"):
        assert merged(shard, deltas, step(3, 1.0, flat, replicas=64)).overshot


def test_a_row_is_damped_by_the_updates_it_had():
    """Of two rows at the same rates, the one whose word a passage is full of has arrived, and the other has not."""
    change = np.full((2, WIDTH), 0.01, np.float32)
    deltas = [RowDelta(ids(0, 1), change, ids(1, 1), ids(1, 10_000)) for _ in range(8)]
    found, _, _ = merged(np.zeros((2, WIDTH), np.float32), deltas, step(2, 1e-3, curvature_of(np.ones(WIDTH))))
    np.testing.assert_allclose(found[0], 0.08, rtol=1e-2)
    np.testing.assert_allclose(found[1], 0.01 * np.expm1(-10) / np.expm1(-10 / 8), rtol=1e-2)


def test_merging_leaves_its_arguments_alone():
    shard, change = np.zeros((3, WIDTH), np.float32), np.full((2, WIDTH), 0.1, np.float32)
    found, _, _ = merged(
        shard, [RowDelta(ids(0, 2), change, ids(1, 1), ids(1, 1))], step(3, 1.0, curvature_of(np.ones(WIDTH)))
    )
    assert not shard.any()
    assert (change == np.float32(0.1)).all()
    np.testing.assert_allclose(found[:, 0], [0.1, 0, 0.1])
