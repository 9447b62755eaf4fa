"""The vector lanes and the plain ones are the same functions."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence import plain_lanes, vector_lanes


@numba.njit
def vector_nonzero16(values, start):
    return vector_lanes.nonzero16(values, start)


@numba.njit
def vector_nonzero64(values, start):
    return vector_lanes.nonzero64(values, start)


@numba.njit
def vector_count_bits(mask):
    return vector_lanes.count_bits(mask)


@numba.njit
def vector_load_word(stream, at):
    return vector_lanes.load_word(stream, at)


@numba.njit
def vector_store_word(stream, at, word):
    vector_lanes.store_word(stream, at, word)


@numba.njit
def vector_drain16(values, start, columns, data, at):
    return vector_lanes.drain16(values, start, columns, data, at)


def _mask(values: np.ndarray) -> int:
    """Bit i for each non-zero element i, as a signed 64-bit integer."""
    mask = sum(1 << lane for lane, value in enumerate(values) if value)
    return mask - 2**64 if mask >= 2**63 else mask


@pytest.mark.parametrize("dtype", [np.uint8, np.uint32, np.uint64])
@settings(deadline=None)
@given(start=st.integers(0, 3), seed=st.integers(0, 2**32), share=st.sampled_from([0.0, 0.1, 0.9, 1.0]))
def test_sixteen_lanes(dtype, start, seed, share):
    rng = np.random.default_rng(seed)
    values = (rng.random(20) < share) * rng.integers(1, np.iinfo(dtype).max, 20, dtype=dtype, endpoint=True)
    values = values.astype(dtype)
    expected = _mask(values[start : start + 16])
    assert vector_nonzero16(values, start) == plain_lanes.nonzero16(values, start) == expected


@settings(deadline=None)
@given(start=st.integers(0, 3), seed=st.integers(0, 2**32), share=st.sampled_from([0.0, 0.1, 0.9, 1.0]))
def test_sixty_four_lanes(start, seed, share):
    flags = (np.random.default_rng(seed).random(70) < share).astype(np.uint8)
    expected = _mask(flags[start : start + 64])
    assert vector_nonzero64(flags, start) == plain_lanes.nonzero64(flags, start) == expected


@settings(deadline=None)
@given(mask=st.integers(-(2**63), 2**63 - 1))
def test_count_bits(mask):
    assert vector_count_bits(mask) == plain_lanes.count_bits(mask) == (mask & (2**64 - 1)).bit_count()


@pytest.mark.parametrize("store", [vector_store_word, plain_lanes.store_word])
@pytest.mark.parametrize("load", [vector_load_word, plain_lanes.load_word])
@settings(deadline=None)
@given(word=st.integers(0, 2**32 - 1), at=st.integers(0, 5))
def test_words_are_little_endian_and_need_no_alignment(store, load, word, at):
    stream = np.full(10, 255, np.uint8)
    store(stream, at, word)
    assert stream.tobytes() == b"\xff" * at + word.to_bytes(4, "little") + b"\xff" * (6 - at)
    assert load(stream, at) == word


@settings(deadline=None)
@given(
    start=st.integers(0, 3), at=st.integers(0, 2), seed=st.integers(0, 2**32), share=st.sampled_from([0.0, 0.2, 1.0])
)
def test_sixteen_lanes_are_drained_in_order(start, at, seed, share):
    rng = np.random.default_rng(seed)
    values = ((rng.random(20) < share) * rng.integers(1, 2**32, 20)).astype(np.uint32)
    expected = np.flatnonzero(values[start : start + 16]) + start
    before, columns, data = values.copy(), np.full(20, -7, np.int32), np.full(20, 7, np.uint32)
    end = at + vector_drain16(values, start, columns, data, at)
    assert columns[at:end].tolist() == expected.tolist()
    assert data[at:end].tolist() == before[expected].tolist()
    assert not values[start : start + 16].any()
    kept = np.r_[0:start, start + 16 : 20]
    assert values[kept].tolist() == before[kept].tolist()
    assert (columns[:at] == -7).all()
    assert (columns[at + 16 :] == -7).all()
