"""The instructions and their plain twins are the same functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns import intrinsics
from dsgns.compile import kernel


@kernel(cache=False)
def vector_lowest_bit(mask):
    return intrinsics.vector_lowest_bit(mask)


@kernel(cache=False)
def vector_prefetch(values, index):
    intrinsics.vector_prefetch(values, index)
    return values[index]


@pytest.mark.parametrize("lowest_bit", [vector_lowest_bit, intrinsics.plain_lowest_bit])
@settings(deadline=None)
@given(bit=st.integers(0, 63), above=st.integers(0, 2**63 - 1))
def test_lowest_bit(lowest_bit, bit, above):
    mask = ((1 << bit) | (above << (bit + 1))) % 2**64
    assert lowest_bit(np.uint64(mask)) == bit
    assert lowest_bit(np.uint64(mask).view(np.int64)) == bit


@pytest.mark.parametrize("lowest_bit", [vector_lowest_bit, intrinsics.plain_lowest_bit])
def test_no_bit_at_all(lowest_bit):
    assert lowest_bit(0) == lowest_bit(np.uint64(0)) == 64


@pytest.mark.parametrize("index", [3, np.uint64(3)])
def test_prefetching_changes_nothing(index):
    values = np.arange(5, dtype=np.int32)
    assert vector_prefetch(values, index) == 3
    intrinsics.plain_prefetch(values, index)
    np.testing.assert_array_equal(values, np.arange(5))
