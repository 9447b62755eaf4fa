"""Kernels beside NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.compile import kernel
from dsgns.pmi import kernels, plain_lanes, vector_lanes
from dsgns.pmi.kernels import TABLE_SIZE, Folded, Rows, log_table, positive_cells, root_cells, sum_rows


def random_rows(seed: int, dtype: type, most: int) -> tuple[Rows, np.ndarray, np.ndarray]:
    """A 7 x 50 block with an empty row, and random folded vectors."""
    rng = np.random.default_rng(seed)
    matrix = sp.random(7, 50, density=0.3, format="lil", random_state=rng)
    matrix[3] = 0
    matrix = matrix.tocsr()
    data = np.exp(rng.uniform(0, np.log(most), matrix.nnz)).astype(dtype)
    rows = Rows(data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64))
    return rows, rng.normal(2, 2, 7), rng.normal(2, 2, 50)


LOGS = log_table()
CASES = pytest.mark.parametrize(("dtype", "most"), [(np.uint32, 5 * TABLE_SIZE), (np.uint64, 2**63)])


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_row_sums(dtype, most, seed):
    rows, _, keep = random_rows(seed, dtype, most)
    keep = np.abs(keep)
    out = np.full(7, -1.0)
    sum_rows(rows, keep, out)
    dense = sp.csr_matrix((rows.data.astype(float), rows.indices, rows.indptr), (7, 50))
    np.testing.assert_allclose(out, dense @ keep, rtol=1e-12)
    assert out[3] == 0.0


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_positive_cells(dtype, most, seed):
    rows, row, column = random_rows(seed, dtype, most)
    nonzeros, row_of = len(rows.data), np.repeat(np.arange(7), np.diff(rows.indptr))
    expected = (np.log(rows.data.astype(float)) - row[row_of] - column[rows.indices]).astype(np.float32)
    positive = Rows(np.empty(nonzeros, np.float32), np.empty(nonzeros, np.int32), np.empty(8, np.int64))
    kept = positive_cells(rows, Folded(row, column, log_table()), positive)
    chosen = expected > 0
    assert kept == chosen.sum() == positive.indptr[-1]
    np.testing.assert_allclose(positive.data[:kept], expected[chosen], rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(positive.indices[:kept], rows.indices[chosen])
    np.testing.assert_array_equal(np.diff(positive.indptr), np.bincount(row_of[chosen], minlength=7))


@kernel(cache=False)
def logarithms(counts, out):
    for k in range(len(counts)):
        out[k] = kernels.log_count(counts[k], LOGS)


@kernel(cache=False)
def vector_sum(data, indices, weights, start, stop):
    return vector_lanes.sum_eights(data, indices, weights, start, stop)


@kernel(cache=False)
def vector_root(data, indices, column, out, row, at):
    vector_lanes.root8(data, indices, column, out, row, at)


def test_logarithms_on_both_sides_of_the_table_are_numpys():
    counts = np.array([1, 2, TABLE_SIZE - 1, TABLE_SIZE, TABLE_SIZE + 1, 2**63], np.uint64)
    found = np.empty(6)
    logarithms(counts, found)
    np.testing.assert_allclose(found, np.log(counts.astype(float)), rtol=1e-15)


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32), start=st.integers(0, 9), eights=st.integers(0, 5))
def test_steps_and_their_plain_twins_give_the_same_bits(dtype, most, seed, start, eights):
    rows, row, column = random_rows(seed, dtype, most)
    stop = start + 8 * eights
    sums = [each(rows.data, rows.indices, column, start, stop) for each in (vector_sum, plain_lanes.sum_eights)]
    assert sums[0] == sums[1]
    found = np.zeros((2, len(rows.data)), np.float32)
    vector_root(rows.data, rows.indices, column, found[0], row[0], start)
    plain_lanes.root8(rows.data, rows.indices, column, found[1], row[0], start)
    assert found[0].tobytes() == found[1].tobytes()
    assert np.flatnonzero(found[0]).tolist() == list(range(start, start + 8))


@CASES
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32), shift=st.sampled_from([-30.0, 0.0, 2.0, 50.0]))
def test_cells_kept_by_eights_are_those_kept_one_by_one(dtype, most, seed, shift):
    rows, row, column = random_rows(seed, dtype, most)
    # Most eights hold small counts only, some a large one.
    small = np.random.default_rng(seed).random(len(rows.data)) < 0.95
    data = np.where(small, rows.data % TABLE_SIZE + 1, rows.data).astype(dtype)
    found = []
    for keep in (kernels.keep_row_by_eights, kernels.keep_row):
        room = np.full((2, len(data) + 8), -1, np.int32)
        positive = Rows(room[0, : len(data)].view(np.float32), room[1, : len(data)], np.empty(8, np.int64))
        ends = [0]
        for number in range(7):
            folded = Folded(row + shift, column, log_table())
            ends.append(keep(rows._replace(data=data), folded, number, positive, ends[-1]))
        assert (room[:, len(data) :] == -1).all()
        found.append((ends, room[:, : ends[-1]].tobytes()))
    assert found[0] == found[1]


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_roots(dtype, most, seed):
    rows, row, column = random_rows(seed, dtype, most)
    out = np.empty(len(rows.data), np.float32)
    root_cells(rows, row, column, out)
    matrix = sp.csr_matrix((np.sqrt(rows.data.astype(float)), rows.indices, rows.indptr), (7, 50))
    np.testing.assert_allclose(out, (sp.diags(row) @ matrix @ sp.diags(column)).data, rtol=1e-6)


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32), shift=st.sampled_from([-30.0, 0.0, 2.0]))
def test_cells_are_weighed_where_the_counts_lie(dtype, most, seed, shift):
    rows, row, column = random_rows(seed, dtype, most)
    size, folded = len(rows.data), Folded(row + shift, column, log_table())
    apart = Rows(np.empty(size, np.float32), np.empty(size, np.int32), np.empty(8, np.int64))
    inside = Rows(rows.data.copy(), rows.indices.copy(), rows.indptr)
    there = Rows(inside.data.view(np.float32)[:size], inside.indices, np.empty(8, np.int64))
    kept = positive_cells(rows, folded, apart)
    assert positive_cells(inside, folded, there) == kept
    for name in ("data", "indices"):
        assert getattr(there, name)[:kept].tobytes() == getattr(apart, name)[:kept].tobytes()
    np.testing.assert_array_equal(there.indptr, apart.indptr)
    inside = Rows(rows.data.copy(), rows.indices, rows.indptr)
    root_cells(rows, row, column, apart.data)
    root_cells(inside, row, column, inside.data.view(np.float32)[:size])
    assert inside.data.view(np.float32)[:size].tobytes() == apart.data.tobytes()
