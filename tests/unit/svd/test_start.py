from __future__ import annotations

import numpy as np
import pytest

from dsgns.svd.start import random_start


def dense(rows: int, columns: int, seed: int) -> np.ndarray:
    start = random_start(rows, columns, seed)
    matrix = np.zeros((rows, columns), np.float64)
    matrix[np.arange(rows), start.buckets] = start.weights
    return matrix


@pytest.mark.parametrize(("rows", "columns"), [(1000, 48), (50, 48), (48, 48), (7, 1)])
def test_columns_are_orthonormal(rows, columns):
    matrix = dense(rows, columns, seed=3)
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(columns), atol=1e-6)


def test_columns_beyond_the_rows_are_zero():
    matrix = dense(20, 32, seed=1)
    assert np.linalg.matrix_rank(matrix) == 20
    assert not matrix[:, 20:].any()


def test_signs_and_columns_are_random_and_the_seed_decides_them():
    start = random_start(4000, 40, seed=1)
    positive = start.weights > 0
    assert abs(positive.mean() - 0.5) < 3 * 0.5 / np.sqrt(4000)
    # The sign says nothing about the column, nor the row about either.
    per_column = np.bincount(start.buckets, positive, minlength=40) / 100
    assert per_column.min() > 0.25
    assert per_column.max() < 0.75
    assert abs(np.corrcoef(np.arange(4000), start.buckets)[0, 1]) < 3 / np.sqrt(4000)
    np.testing.assert_array_equal(start.buckets, random_start(4000, 40, seed=1).buckets)
    assert (start.buckets != random_start(4000, 40, seed=2).buckets).mean() > 0.9
