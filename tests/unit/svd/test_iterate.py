from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.store import Workspace
from dsgns.svd.dense import combine, gram
from dsgns.svd.iterate import SLAB_ROWS, Iterate, even_cuts, half_tiles
from dsgns.svd.kernels.tiles import LANES, WIDEST_TILE


def write(
    workspace: Workspace, name: str, values: np.ndarray, rows: tuple[int, ...], columns: tuple[int, ...]
) -> Iterate:
    iterate = Iterate(workspace.output("svd", "made"), name, rows, columns)
    for file, (row, column) in iterate.files().items():
        part = values[rows[row] : rows[row + 1], columns[column] : columns[column + 1]]
        iterate.output.write_bytes(file, [np.ascontiguousarray(part)])
    return iterate


def numbers(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)


def test_reads_cross_the_cuts(workspace):
    values = numbers(10, 6)
    iterate = write(workspace, "work/x", values, (0, 3, 4, 10), (0, 4, 6))
    for (start, stop), (left, right) in itertools.product([(0, 10), (2, 5), (4, 4), (9, 10)], [(0, 6), (3, 5), (4, 6)]):
        np.testing.assert_array_equal(iterate.read(start, stop, (left, right)), values[start:stop, left:right])
    np.testing.assert_array_equal(iterate.read(3, 7), values[3:7])


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(1, 40), st.integers(1, 12), st.sampled_from([1, 8, 16]))
def test_cuts_are_even_and_no_part_is_too_wide(start, units, most, multiple):
    start *= multiple
    cuts = even_cuts(start, start + units * multiple, most * multiple, multiple)
    widths = np.diff(cuts)
    assert (cuts[0], cuts[-1]) == (start, start + units * multiple)
    assert (widths % multiple == 0).all()
    assert (widths > 0).all()
    assert widths.max() <= most * multiple
    assert widths.max() - widths.min() <= multiple
    assert len(widths) == -(-units // most)


@pytest.mark.parametrize("columns", [(0, 2 * WIDEST_TILE), (LANES, WIDEST_TILE + 2 * LANES), (0, LANES)])
def test_tiles_hold_scaled_halves_in_rows_on_cache_lines(workspace, columns):
    values = numbers(SLAB_ROWS + 5, 2 * WIDEST_TILE)
    iterate = write(workspace, "work/x", values, (0, 100, SLAB_ROWS + 5), (0, WIDEST_TILE, 2 * WIDEST_TILE))
    tiles = half_tiles(iterate, columns, 8.0)
    found = np.concatenate([tile.view(np.float16) for _, tile in tiles], axis=1)
    np.testing.assert_array_equal(found, (8 * values[:, columns[0] : columns[1]]).astype(np.float16))
    widths = [tile.shape[1] for _, tile in tiles]
    assert [first for first, _ in tiles] == [0, *np.cumsum(widths)[:-1]]
    assert max(widths) <= WIDEST_TILE
    assert all(tile.ctypes.data % 64 == 0 and tile.flags.c_contiguous for _, tile in tiles)


def test_grams_and_combinations_do_not_depend_on_the_files(workspace):
    rows = 2 * SLAB_ROWS + 100
    values, more = numbers(rows, 32), numbers(rows, 16, seed=1)
    coefficients = numbers(48, 7, seed=2).astype(np.float64)
    results = []
    for number, cuts in enumerate([(0, rows), (0, 5, SLAB_ROWS + 1, rows)]):
        one = write(workspace, f"work/{number}-one", values, cuts, (0, 16, 32) if number else (0, 32))
        two = write(workspace, f"work/{number}-two", more, cuts, (0, 16))
        combined = np.concatenate(list(combine((one, two), coefficients, 0, rows)))
        results.append((*gram((one, two), 0, rows), combined))
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)
    both = np.concatenate([values, more], axis=1).astype(np.float64)
    products, sums, combined = results[0]
    np.testing.assert_allclose(products, both.T @ both, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(sums, both.sum(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(combined, both @ coefficients, rtol=1e-4, atol=1e-4)
