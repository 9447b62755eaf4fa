"""Sums by key with few keys in memory."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.pair_sums import PairSums

PARTS = st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=30), max_size=12)


@settings(max_examples=100, deadline=None)
@given(parts=PARTS, held=st.integers(1, 40))
def test_sums_are_those_of_a_dictionary(parts: list[list[tuple[int, int]]], held: int) -> None:
    sums, expected = PairSums(held), Counter[int]()
    for part in parts:
        sums.add(*np.array(part, np.int64).reshape(-1, 2).T)
        for key, weight in part:
            expected[key] += weight
    found = sums.merged()
    assert list(zip(found.keys.tolist(), found.totals.tolist(), strict=True)) == sorted(expected.items())


def test_memory_stays_bounded_whatever_there_is() -> None:
    rng, sums, part = np.random.default_rng(0), PairSums(held=20_000), 10_000
    weights = np.ones(part, np.int64)
    tracemalloc.start()
    try:
        for _ in range(100):
            sums.add(rng.integers(0, 1 << 60, part), weights)
        found = sums.merged()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.keys) > 0.99 * 100 * part
    assert peak < 0.25 * 16 * len(found.keys)
