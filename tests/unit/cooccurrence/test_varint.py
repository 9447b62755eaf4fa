"""Integers as seven-bit bytes."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence.varint import LARGEST_GAP, LONGEST, put_gap, put_varint, take_gap, take_varint


@numba.njit
def put(stream, at, value):
    return put_varint(stream, at, value)


@numba.njit
def take(stream, at):
    return take_varint(stream, at)


@numba.njit
def put_branchless(stream, at, gap):
    return put_gap(stream, at, gap)


@numba.njit
def take_branchless(stream, at):
    return take_gap(stream, at)


def leb128(value: int) -> bytes:
    """The same, in plain Python."""
    out = bytearray()
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


@settings(deadline=None)
@given(value=st.integers(0, 2**64 - 1))
@example(0)
@example(127)
@example(128)
@example(2**64 - 1)
def test_a_value_comes_back_and_has_the_bytes_it_should(value):
    stream = np.full(LONGEST + 2, 255, np.uint8)
    stop = put(stream, 1, np.uint64(value))
    assert stream[1:stop].tobytes() == leb128(value)
    assert take(stream, 1) == (value, stop)


@settings(deadline=None)
@given(gap=st.integers(0, 28).flatmap(lambda bits: st.integers(0, (1 << bits) - 1)), after=st.binary(min_size=4))
@example(127, b"\xff\xff\xff\xff")
@example(128, b"\xff\xff\xff\xff")
@example(LARGEST_GAP, b"\x00\x00\x00\x00")
def test_the_branchless_pair_speaks_the_same_language(gap, after):
    stream = np.full(9, 255, np.uint8)
    stop = put_branchless(stream, 1, gap)
    assert stream[1:stop].tobytes() == leb128(gap)
    assert stream[0] == stream[5] == 255
    assert take_branchless(np.frombuffer(leb128(gap) + after, np.uint8), 0) == (gap, stop - 1)


def test_bytes_that_never_end_are_read_no_further_than_the_longest_value():
    assert take(np.full(64, 255, np.uint8), 0)[1] == LONGEST
    assert take_branchless(np.full(64, 255, np.uint8), 0)[1] == 5


@pytest.mark.parametrize("value", [1, 300, 2**40])
def test_what_follows_is_left_alone(value):
    stream = np.zeros(12, np.uint8)
    stop = put(stream, 0, np.uint64(value))
    assert not stream[stop:].any()
