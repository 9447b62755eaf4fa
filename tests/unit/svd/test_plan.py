from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.errors import ParameterError
from dsgns.parameters import SVDParameters
from dsgns.svd.plan import (
    block_rows,
    iterate_width,
    plan_svd,
    projected_multiply_bytes,
    row_cuts,
    run_cuts,
)


@settings(deadline=None)
@given(st.integers(1, 1200), st.one_of(st.none(), st.integers(0, 300)), st.integers(2, 10**6))
def test_an_iterate_is_as_wide_as_asked_for_and_not_much_wider(size, oversampling, vocabulary_size):
    if size >= vocabulary_size:
        return
    width = iterate_width(SVDParameters(vector_size=size, oversampling=oversampling), vocabulary_size)
    wanted = min(vocabulary_size, size + (max(28, -(-size // 10)) if oversampling is None else oversampling))
    assert width % 16 == 0
    assert wanted <= width
    # Full tiles: a column more in each of them at most, in units of 16.
    tiles = -(-width // 128)
    assert width < wanted + 16 * tiles


def test_too_small_a_vocabulary_is_refused_with_both_numbers():
    with pytest.raises(ParameterError, match=r"vector_size is 300.* 299 words"):
        iterate_width(SVDParameters(vector_size=300), 299)
    with pytest.raises(ParameterError, match="--vector-size"):
        iterate_width(SVDParameters(vector_size=300), 300)
    assert iterate_width(SVDParameters(vector_size=20), 50) == 48
    assert iterate_width(SVDParameters(vector_size=1), 2) == 16


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.integers(10, 10**6), st.integers(1, 8))
def test_runs_cover_every_block_once(nonzeros, vocabulary_size, workers):
    cuts = run_cuts(nonzeros, vocabulary_size, workers)
    assert (cuts[0], cuts[-1]) == (0, len(nonzeros))
    assert (np.diff(cuts) > 0).all()


def test_runs_keep_all_workers_busy_and_are_worth_the_reading():
    assert run_cuts([9, 10], 9000, workers=1) == run_cuts([10, 9], 9000, workers=1) == [0, 1, 2]
    assert len(run_cuts([4 << 20] * 11, 70_000, workers=2)) - 1 == 4
    assert len(run_cuts([4 << 20] * 600, 400_000, workers=2)) - 1 == 20


@settings(deadline=None)
@given(st.integers(1, 200_000), st.integers(1, 40_000))
def test_row_cuts_are_every_so_many_rows(rows, most):
    cuts = row_cuts(rows, most)
    assert (cuts[0], cuts[-1]) == (0, rows)
    assert set(np.diff(cuts)[:-1]) <= {most}
    assert 0 < cuts[-1] - cuts[-2] <= most


def test_bands_are_what_memory_holds_and_all_else_is_the_same():
    parameters, blocks = SVDParameters(vector_size=300), [4 << 20] * 11
    plans = [plan_svd(parameters, 400_000, blocks, memory, workers=2) for memory in (1 << 30, 208 << 20, 100 << 20, 1)]
    assert [plan.bands for plan in plans[:2]] == [[0, 336], [0, 160, 336]]
    assert plans[-1].bands == list(range(0, 337, 16))
    for plan, memory in zip(plans[:3], (1 << 30, 208 << 20, 100 << 20), strict=True):
        assert projected_multiply_bytes(400_000, max(np.diff(plan.bands))) <= memory
        assert replace(plan, bands=plans[0].bands) == plans[0]


def test_blocks_of_vectors_take_about_16_mib():
    for size in (20, 100, 300, 1000):
        assert 8 << 20 < 4 * size * block_rows(size) <= 16 << 20
