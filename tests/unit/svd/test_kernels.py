from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dsgns.svd.kernels import plain_tiles
from dsgns.svd.kernels.multiply import halve_rows, multiply_rows, sketch_rows
from dsgns.svd.kernels.pack import half_bits, pack_rows
from dsgns.svd.kernels.tiles import LANES, WIDEST_TILE, row_product

POSITIVE_HALVES = np.arange(0x7C00, dtype=np.uint16).view(np.float16)


def unpack(pointers: np.ndarray, cells: np.ndarray, columns: int) -> np.ndarray:
    """The dense matrix, shape (rows, columns), float64, that packed cells stand for."""
    dense = np.zeros((len(pointers) - 1, columns))
    for row, (first, last) in enumerate(pairwise(pointers)):
        column = 0
        for cell in cells[first:last]:
            column += int(cell) & 0xFFFF
            dense[row, column] += np.uint16(cell >> 16).view(np.float16)
    return dense


def pack(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packed cells of the positive entries of a dense matrix."""
    rows, columns = np.nonzero(values)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(values)))]).astype(np.int64)
    cells = np.empty(len(rows) + len(values) * (values.shape[1] // 65535), np.uint32)
    pointers = np.empty(len(values) + 1, np.int64)
    zeros = [np.zeros(size, np.float32) for size in values.shape]
    cells_of = values[rows, columns].astype(np.float32)
    pack_rows(indptr, columns.astype(np.int32), cells_of, *zeros, False, cells, pointers)
    return pointers, cells[: pointers[-1]]


def random_rows(seed: int, rows: int, columns: int, density: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.01, 12, (rows, columns)) * (rng.random((rows, columns)) < density)
    return values.astype(np.float16).astype(np.float64)


def random_tile(seed: int, rows: int, width: int) -> np.ndarray:
    """Halves of many magnitudes, subnormal ones among them."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((rows, width)) * 10.0 ** rng.uniform(-7, 3, (rows, 1))).astype(np.float16)


def halves_of(values: list[float]) -> list[int]:
    return [int(half_bits(np.float32(value))) for value in values]


@settings(deadline=None)
@given(st.lists(st.floats(0, 65504, width=32), min_size=1, max_size=50))
@example([0.0, 2.0**-14, np.nextafter(np.float32(2.0**-14), np.float32(0)), 2.0**-24, 2.0**-25, 65504.0])
def test_halves_are_rounded_as_numpy_rounds_them(values):
    assert halves_of(values) == np.array(values, np.float32).astype(np.float16).view(np.uint16).tolist()


def test_ties_between_two_halves_go_to_the_even_one():
    middles = (POSITIVE_HALVES[:-1:7].astype(np.float32) + POSITIVE_HALVES[1::7].astype(np.float32)) / 2
    assert halves_of(middles.tolist()) == middles.astype(np.float16).view(np.uint16).tolist()


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 40), st.floats(0, 1), st.booleans())
def test_what_is_packed_is_the_clipped_matrix(seed, rows, columns, density, multiply):
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 10**6, (rows, columns)) * (rng.random((rows, columns)) < density)
    row, column = rng.uniform(0, 8, rows).astype(np.float32), rng.uniform(0, 8, columns).astype(np.float32)
    where = np.nonzero(counts)
    terms = np.log(counts[where].astype(np.float32))
    indptr = np.concatenate([[0], np.cumsum((counts > 0).sum(axis=1))]).astype(np.int64)
    cells, pointers = np.empty(counts.size, np.uint32), np.empty(rows + 1, np.int64)

    found = pack_rows(indptr, where[1].astype(np.int32), terms, row, column, multiply, cells, pointers)

    exact = np.zeros(counts.shape, np.float32)
    own, other = row[where[0]], column[where[1]]
    exact[where] = terms * (own * other) if multiply else terms - own - other
    exact = np.maximum(exact, 0)
    np.testing.assert_array_equal(unpack(pointers, cells, columns), exact.astype(np.float16))
    assert found[0] == np.count_nonzero(exact) == pointers[-1]
    assert found[1] == exact.max()
    np.testing.assert_allclose(found[2], (exact.astype(np.float64) ** 2).sum(), rtol=1e-6)


@pytest.mark.parametrize("column", [65534, 65535, 65536, 131070, 131071, 199_999])
def test_wide_gaps_are_bridged(column):
    values = np.zeros((2, 200_000))
    values[0, [0, column]] = 1.5, 2.5
    values[1, column] = 3.5
    pointers, cells = pack(values)
    np.testing.assert_array_equal(unpack(pointers, cells, 200_000), values)
    tile = random_tile(1, 200_000, LANES)
    out = np.empty((2, LANES), np.float32)
    multiply_rows(pointers, cells, tile.view(np.uint16), np.float32(1), out, 0, (0,))
    np.testing.assert_allclose(out, values @ tile.astype(np.float64), rtol=1e-6)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 5),
    st.integers(1, 300),
    st.sampled_from([0.0, 0.05, 0.5, 1.0]),
    st.sampled_from([1, 7, 8]),
)
def test_products_are_numpys(seed, rows, columns, density, vectors):
    values, width = random_rows(seed, rows, columns, density), vectors * LANES
    tile, packed = random_tile(seed, columns, width), pack(values)
    out = np.full((rows, width + 3), np.nan, np.float32)
    multiply_rows(*packed, tile.view(np.uint16), np.float32(0.5), out, 2, (0,) * vectors)
    dense = tile.astype(np.float64)
    # Every term is exact and every sum rounded once.
    bound = 1e-7 * (columns + 1) * (np.abs(values) @ np.abs(dense)) + 1e-30
    assert (np.abs(out[:, 2 : 2 + width] - 0.5 * (values @ dense)) <= bound).all()
    assert np.isnan(out[:, :2]).all()
    assert np.isnan(out[:, 2 + width :]).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.sampled_from([1, 3, WIDEST_TILE // LANES]))
def test_vector_and_plain_tiles_agree_to_the_bit(seed, columns, vectors):
    values, width = random_rows(seed, 1, columns + 1, 0.7), vectors * LANES
    tile = random_tile(seed, columns + 1, width).view(np.uint16)
    pointers, cells = pack(values)
    found, expected = np.empty((1, width), np.float32), np.empty(width, np.float32)
    multiply_rows(pointers, cells, tile, np.float32(0.25), found, 0, (0,) * vectors)
    plain_tiles.row_product(cells, 0, pointers[1], tile, np.float32(0.25), expected, 0, (0,) * vectors)
    np.testing.assert_array_equal(found[0], expected)


def test_the_vector_tiles_are_what_is_tested():
    assert row_product is not plain_tiles.row_product


def test_tiles_may_be_cut_anywhere():
    values, tile = random_rows(3, 4, 500, 0.3), random_tile(4, 500, 6 * LANES)
    packed = pack(values)
    whole = np.empty((4, 6 * LANES), np.float32)
    multiply_rows(*packed, tile.view(np.uint16), np.float32(1), whole, 0, (0,) * 6)
    cut = np.empty_like(whole)
    for vectors, start in ((1, 0), (2, 1), (3, 3)):
        part = np.ascontiguousarray(tile[:, start * LANES : (start + vectors) * LANES]).view(np.uint16)
        multiply_rows(*packed, part, np.float32(1), cut, start * LANES, (0,) * vectors)
    np.testing.assert_array_equal(whole, cut)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(0, 3), st.sampled_from([1, 3]))
def test_columns_are_rounded_to_halves_as_numpy_rounds_them(seed, rows, column, vectors):
    rng, width = np.random.default_rng(seed), vectors * LANES
    values = (rng.standard_normal((rows, width + 5)) * 10.0 ** rng.uniform(-9, 4, (rows, 1))).astype(np.float32)
    values[0, :4] = 0.0, -0.0, 2.0**-25, 32752.0
    out = np.empty((rows, width), np.uint16)
    halve_rows(values, np.float32(2), column, out)
    expected = (2 * values[:, column : column + width]).astype(np.float16)
    np.testing.assert_array_equal(out, expected.view(np.uint16))
    plain_tiles.halve(values.ravel(), column, np.float32(2), out.ravel(), 0)
    np.testing.assert_array_equal(out[0, :LANES], expected.view(np.uint16)[0, :LANES])


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 60))
def test_sketches_are_products_with_the_start(seed, rows, columns):
    rng = np.random.default_rng(seed)
    values = random_rows(seed, rows, columns, 0.5)
    buckets, weights = rng.integers(0, 7, columns), rng.choice([-1.0, 0.5], columns)
    start = np.zeros((columns, 7))
    start[np.arange(columns), buckets] = weights
    out = np.empty((rows, 7), np.float32)
    sketch_rows(*pack(values), buckets.astype(np.int32), weights.astype(np.float32), out)
    np.testing.assert_allclose(out, values @ start, rtol=1e-5, atol=1e-4)
