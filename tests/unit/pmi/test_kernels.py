"""Kernels beside NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.pmi.kernels import TABLE_SIZE, Folded, Rows, cell_values, log_table, positive_cells, sum_rows


def random_rows(seed: int, dtype: type, most: int) -> tuple[Rows, np.ndarray, np.ndarray]:
    """A 7 x 50 block with an empty row, and random folded vectors."""
    rng = np.random.default_rng(seed)
    matrix = sp.random(7, 50, density=0.3, format="lil", random_state=rng)
    matrix[3] = 0
    matrix = matrix.tocsr()
    data = np.exp(rng.uniform(0, np.log(most), matrix.nnz)).astype(dtype)
    rows = Rows(data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64))
    return rows, rng.normal(2, 2, 7), rng.normal(2, 2, 50)


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
def test_cells_and_their_positive_ones(dtype, most, seed):
    rows, row, column = random_rows(seed, dtype, most)
    folded, nonzeros = Folded(row, column, log_table()), len(rows.data)
    row_of = np.repeat(np.arange(7), np.diff(rows.indptr))
    expected = np.log(rows.data.astype(float)) - row[row_of] - column[rows.indices]
    out = np.empty(nonzeros, np.float32)
    cell_values(rows, folded, out)
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)
    positive = Rows(np.empty(nonzeros, np.float32), np.empty(nonzeros, np.int32), np.empty(8, np.int64))
    kept = positive_cells(rows, folded, positive)
    chosen = out > 0
    assert kept == chosen.sum() == positive.indptr[-1]
    np.testing.assert_array_equal(positive.data[:kept], out[chosen])
    np.testing.assert_array_equal(positive.indices[:kept], rows.indices[chosen])
    np.testing.assert_array_equal(np.diff(positive.indptr), np.bincount(row_of[chosen], minlength=7))


def test_logarithms_on_both_sides_of_the_table_are_numpys():
    counts = np.array([1, 2, TABLE_SIZE - 1, TABLE_SIZE, TABLE_SIZE + 1, 2**63], np.uint64)
    rows = Rows(counts, np.zeros(6, np.int32), np.array([0, 6]))
    out = np.empty(6)
    cell_values(rows, Folded(np.zeros(1), np.zeros(1), log_table()), out)
    np.testing.assert_allclose(out, np.log(counts.astype(float)), rtol=1e-15)
