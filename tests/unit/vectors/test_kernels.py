"""Sparse kernels against scipy."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.vectors.kernels import multiply_pairs, multiply_tile, multiply_vector, row_norms, spread_columns

CLOSE = {"rtol": 1e-4, "atol": 1e-5}


@st.composite
def matrices(draw):
    rows, columns = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dense = np.where(rng.random((rows, columns)) < draw(st.floats(0, 1)), rng.normal(size=(rows, columns)), 0)
    return scipy.sparse.csr_array(dense.astype(np.float32))


def parts(matrix):
    return matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int64)


@given(matrices())
@settings(deadline=None)
def test_lengths(matrix):
    norms = np.empty(matrix.shape[0], np.float32)
    row_norms(matrix.data, matrix.indptr.astype(np.int64), norms)
    np.testing.assert_allclose(norms, np.linalg.norm(matrix.toarray(), axis=1), **CLOSE)


@given(matrices(), st.integers(1, 40))
@settings(deadline=None)
def test_products_with_dense(matrix, width):
    tile = np.random.default_rng(width).normal(size=(matrix.shape[1], width)).astype(np.float32)
    products = np.full((matrix.shape[0], width), np.nan, np.float32)
    multiply_tile(*parts(matrix), tile, products)
    np.testing.assert_allclose(products, matrix.toarray() @ tile, **CLOSE)
    single = np.full(matrix.shape[0], np.nan, np.float32)
    multiply_vector(*parts(matrix), np.ascontiguousarray(tile[:, 0]), single)
    np.testing.assert_allclose(single, matrix.toarray() @ tile[:, 0], **CLOSE)


@given(matrices(), st.data())
@settings(deadline=None)
def test_products_of_rows(matrix, data):
    numbers = st.lists(st.integers(0, matrix.shape[0] - 1), min_size=3, max_size=3)
    left, right = np.array(data.draw(numbers)), np.array(data.draw(numbers))
    products = np.full(3, np.nan, np.float32)
    multiply_pairs(*parts(matrix), left, right, products)
    dense = matrix.toarray()
    np.testing.assert_allclose(products, np.einsum("ij,ij->i", dense[left], dense[right]), **CLOSE)


@given(matrices(), st.integers(0, 19), st.integers(1, 30))
@settings(deadline=None)
def test_rows_become_columns(matrix, first, width):
    first = min(first, matrix.shape[0] - 1)
    tile = np.zeros((matrix.shape[1], width), np.float32)
    spread_columns(*parts(matrix), first, tile)
    expected = np.zeros_like(tile)
    chosen = matrix.toarray()[first : first + width]
    expected[:, : len(chosen)] = chosen.T
    np.testing.assert_array_equal(tile, expected)
