"""How the work is cut up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsgns.cooccurrence.estimate import expected_nonzeros
from dsgns.cooccurrence.memory import (
    projected_reduce_bytes,
    projected_spill_bytes,
    run_capacity,
    spill_capacity,
    window_bytes,
)
from dsgns.cooccurrence.plan import padded_slots, plan_counts, row_grid, token_shards


@given(
    expected=st.lists(st.floats(0, 100), min_size=1, max_size=80).map(np.array),
    target=st.floats(1, 500),
)
def test_row_blocks_hold_every_row_once_and_are_near_their_share(expected, target):
    grid = row_grid(expected, target)
    assert grid[0] == 0
    assert grid[-1] == len(expected)
    assert all(start < stop for start, stop in pairwise(grid))
    sizes = np.add.reduceat(expected, grid[:-1])
    assert sizes.max() <= target + expected.max() + 1e-6


@given(
    length=st.integers(1, 10**10),
    spread=st.floats(0.5, 8),
    capacity=st.integers(1 << 16, 10**9),
    workers=st.integers(1, 64),
)
def test_shards_hold_every_token_once_and_fit(length, spread, capacity, workers):
    slots = int(length * spread)
    assume(slots < 10**4 * capacity)  # nobody waits for more shards than that
    shards = token_shards(length, slots, capacity, workers)
    assert (shards[0], shards[-1]) == (0, length)
    assert all(start <= stop for start, stop in pairwise(shards))
    largest = max(stop - start for start, stop in pairwise(shards))
    assert (largest - 1) * spread <= capacity


def test_a_small_corpus_is_not_cut_up_for_many_workers():
    assert token_shards(1000, 1100, capacity=1 << 20, workers=64) == [0, 1000]
    assert len(token_shards(64 << 16, 65 << 16, capacity=1 << 30, workers=64)) == 65


def test_the_row_grid_does_not_depend_on_memory_or_workers():
    counts = np.sort(np.random.default_rng(0).zipf(1.2, 20_000).clip(max=10**7))[::-1]
    plans = [
        plan_counts(counts, 5, int(counts.sum()), int(counts.sum()), capacity, workers)
        for capacity in (10**5, 10**9)
        for workers in (1, 7)
    ]
    assert len({tuple(plan.grid) for plan in plans}) == 1
    assert len(plans[0].grid) > 3


def test_expected_nonzeros_are_those_of_independent_draws():
    rng = np.random.default_rng(1)
    tokens = np.minimum(rng.zipf(1.5, 40_000), 500) - 1
    counts = np.bincount(tokens, minlength=500)
    seen = np.zeros((500, 500), bool)
    for distance in (1, 2, 3):
        seen[tokens[distance:], tokens[:-distance]] = True
        seen[tokens[:-distance], tokens[distance:]] = True
    expected = expected_nonzeros(counts, window=3)
    assert expected.sum() == pytest.approx(seen.sum(), rel=0.03)
    np.testing.assert_allclose(expected[:10], seen.sum(1)[:10], rtol=0.1)
    assert expected_nonzeros(np.zeros(0, np.int64), 3).shape == (0,)


@given(vocabulary=st.integers(1, 10**6), allowed=st.integers(300 << 20, 1 << 30))
def test_the_capacity_is_the_largest_that_fits(vocabulary, allowed):
    capacity = spill_capacity(vocabulary, allowed)
    assert projected_spill_bytes(vocabulary, capacity) <= allowed < projected_spill_bytes(vocabulary, capacity + 1)


def test_the_slots_of_a_run_can_be_numbered_whatever_memory_there_is():
    assert spill_capacity(10**5, 1 << 50) + 2 * 40 < 2**31


def test_a_run_is_no_larger_than_there_is_text_for():
    assert run_capacity(1000, shards=1, room=10**9) == 1000
    assert run_capacity(10**8, shards=10, room=10**9) == 12_500_000
    assert run_capacity(10**8, shards=10, room=10**6) == 10**6


def test_windows_share_their_budget_down_to_a_floor():
    assert window_bytes(10, 10 << 20) == 1 << 20
    assert window_bytes(1000, 10 << 20) == (10 << 20) // 1000
    assert window_bytes(10**6, 10 << 20) == 4096
    small = projected_reduce_bytes(1000, 10**6, streams=10, window=4096)
    assert projected_reduce_bytes(1000, 10**6, streams=20, window=4096) == small + 10 * 4096


def test_padded_slots_bound_what_padding_makes():
    assert padded_slots({"ids": 120, "tokens": 100}, window=5) == 200
