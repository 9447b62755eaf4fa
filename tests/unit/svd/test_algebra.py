from __future__ import annotations

import numpy as np
import pytest

from dsgns.svd.algebra import next_shift, orthonormalise, relative_residuals, ritz


def graded(rows: int, columns: int, smallest: float, seed: int = 0) -> np.ndarray:
    """A matrix whose columns fall from length 1 to ``smallest``."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((rows, columns)))[0]
    return basis * np.geomspace(1, smallest, columns)


@pytest.mark.parametrize("smallest", [1.0, 1e-2, 1e-6])
def test_columns_become_orthonormal(smallest):
    matrix = graded(80, 12, smallest)
    found = orthonormalise(matrix.T @ matrix)
    basis = matrix @ found.factor
    np.testing.assert_allclose(basis.T @ basis, np.eye(12), atol=1e-9)
    np.testing.assert_allclose(found.singular_values, np.geomspace(1, smallest, 12), rtol=1e-6)


def test_columns_come_out_in_the_order_of_singular_values():
    rng = np.random.default_rng(1)
    matrix = graded(60, 8, 1e-2) @ np.linalg.qr(rng.standard_normal((8, 8)))[0]
    found = orthonormalise(matrix.T @ matrix)
    left = np.linalg.svd(matrix, full_matrices=False)[0]
    np.testing.assert_allclose(np.abs(np.diag(left.T @ matrix @ found.factor)), np.ones(8), atol=1e-6)


def test_missing_directions_stay_zero_and_none_is_blown_up():
    matrix = graded(50, 6, 0.1)
    matrix[:, 4] = 0
    matrix[:, 5] = matrix[:, 1] * (1 + 1e-9)
    found = orthonormalise(matrix.T @ matrix)
    basis = matrix @ found.factor
    lengths = np.linalg.norm(basis, axis=0)
    np.testing.assert_allclose(lengths[:4], 1, atol=1e-6)
    assert (lengths <= 1 + 1e-6).all()
    assert np.isfinite(found.factor).all()


def test_a_matrix_of_zeros_has_no_direction():
    found = orthonormalise(np.zeros((3, 3)))
    assert not found.factor.any()
    assert not found.singular_values.any()


def test_the_shift_grows_towards_half_the_smallest_eigenvalue():
    smallest, shift = 8.0, 0.0
    for _ in range(30):
        # A converged basis: the product's smallest singular value is the eigenvalue less the shift.
        shift = next_shift(shift, np.array([100.0, smallest - shift]))
    assert shift == pytest.approx(smallest / 2)
    assert next_shift(5.0, np.array([100.0, 1.0])) == 5.0
    assert next_shift(0.0, np.array([100.0, 6.0, 0.0])) == 3.0
    assert next_shift(2.0, np.zeros(3)) == 2.0


def factors(matrix: np.ndarray, basis: np.ndarray, count: int):
    product = matrix @ basis
    found = ritz(basis.T @ basis, product.T @ product, product.sum(axis=0), count)
    return found.singular_values, product @ found.left, basis @ found.right


def test_ritz_finds_the_triplets_of_a_space_that_holds_them():
    rng = np.random.default_rng(0)
    matrix = graded(40, 30, 1e-3) @ np.linalg.qr(rng.standard_normal((30, 30)))[0]
    right = np.linalg.svd(matrix)[2][:10].T
    mixed = right @ rng.standard_normal((10, 10))
    basis = np.concatenate([mixed, mixed[:, :4] + 1e-9 * rng.standard_normal((30, 4)), np.zeros((30, 2))], axis=1)
    values, left, right = factors(matrix, basis, 8)
    np.testing.assert_allclose(values, np.linalg.svd(matrix, compute_uv=False)[:8], rtol=1e-6)
    np.testing.assert_allclose(left.T @ left, np.eye(8), atol=1e-6)
    np.testing.assert_allclose(right.T @ right, np.eye(8), atol=1e-6)
    np.testing.assert_allclose(matrix @ right, left * values, atol=1e-6)
    np.testing.assert_allclose(matrix.T @ left, right * values, atol=1e-6)
    assert (left.sum(axis=0) >= 0).all()


def test_ritz_has_zeros_where_the_matrix_has_no_more_directions():
    matrix = graded(20, 3, 0.5) @ np.linalg.qr(np.random.default_rng(2).standard_normal((15, 3)))[0].T
    values, left, right = factors(matrix, np.eye(15), 5)
    np.testing.assert_allclose(values, [1, 0.5**0.5, 0.5, 0, 0], atol=1e-9)
    assert not left[:, 3:].any()
    assert not right[:, 3:].any()
    values, *_ = factors(matrix, np.eye(15)[:, :2], 5)
    assert (values[2:] == 0).all()


def test_residuals_are_relative_and_zero_for_nothing():
    np.testing.assert_array_equal(relative_residuals(np.array([4.0, 9.0, 0.0]), np.array([2.0, 1.0, 0.0])), [1, 3, 0])
