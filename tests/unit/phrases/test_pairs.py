from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.phrases import pairs
from dsgns.phrases.kernels import part_keys
from dsgns.phrases.pairs import CountedPairs, PairCounter, added_up, buckets_of
from dsgns.vocabulary.kernels_table import BUCKETS

IDS = st.lists(st.integers(-2, 6), max_size=40)


@settings(max_examples=60, deadline=None)
@given(stretches=st.lists(IDS, max_size=6), part=st.integers(0, 6))
def test_pairs_are_those_of_neighbours(stretches: list[list[int]], part: int) -> None:
    spilled: list[CountedPairs] = []
    expected: Counter[tuple[int, int]] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "MOST_PAIRS", 16)
        counter = PairCounter(np.zeros(7, np.int32), spilled.append)
        for number, ids in enumerate(stretches):
            if number == part:
                counter.part()
            counter.add(np.array(ids, np.int32))
        spilled.append(counter.take())
    for text in (stretches[:part], stretches[part:]):
        every = [word for ids in text for word in ids]
        expected.update(pair for pair in pairwise(every) if min(pair) >= 0)
    keys, counts = added_up(
        *(np.concatenate([getattr(block, name) for block in spilled]) for name in ("keys", "counts"))
    )
    first, second = np.empty((2, keys.size), np.int32)
    part_keys(keys, first, second)
    assert (
        Counter(dict(zip(zip(first.tolist(), second.tolist(), strict=True), counts.tolist(), strict=True))) == expected
    )


def test_buckets_part_the_keys() -> None:
    keys = np.sort(np.random.default_rng(1).integers(0, 2**64, 5000, np.uint64))
    before = buckets_of(keys)
    assert before[0] == 0
    assert before[-1] == 5000
    assert all(
        (keys[before[bucket] : before[bucket + 1]] >> np.uint64(54) == bucket).all() for bucket in range(BUCKETS)
    )
