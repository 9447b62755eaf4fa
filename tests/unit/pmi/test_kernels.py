"""Kernels beside NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_logarithms_on_both_sides_of_the_table_are_numpys():
    counts = np.array([1, 2, TABLE_SIZE - 1, TABLE_SIZE, TABLE_SIZE + 1, 2**63], np.uint64)
    rows = Rows(counts, np.zeros(6, np.int32), np.array([0, 6]))
    positive = Rows(np.empty(6), np.empty(6, np.int32), np.empty(2, np.int64))
    positive_cells(rows, Folded(np.full(1, -1.0), np.zeros(1), log_table()), positive)
    np.testing.assert_allclose(positive.data - 1, np.log(counts.astype(float)), rtol=1e-15)


@CASES
@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_roots(dtype, most, seed):
    rows, row, column = random_rows(seed, dtype, most)
    out = np.empty(len(rows.data), np.float32)
    root_cells(rows, row, column, out)
    matrix = sp.csr_matrix((np.sqrt(rows.data.astype(float)), rows.indices, rows.indptr), (7, 50))
    np.testing.assert_allclose(out, (sp.diags(row) @ matrix @ sp.diags(column)).data, rtol=1e-6)
