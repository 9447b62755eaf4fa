"""The small dense algebra: everything about V x l matrices that their l x l Gram matrices tell.

All in float64. The iteration is dashSVD's (Feng, Xie, Song, Yu & Tang 2018; Feng, Yu, Xie & Tang 2024,
"Algorithm 1043: Faster randomized SVD with dynamic shifts", TOMS 50:10).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Directions this much weaker than the strongest, as squares, are rounding, of Gram matrices in float32: they are not
# blown up to length one.
_WEAKEST = 1e-6
# Below this, as squares, a direction of a basis is left out. Consecutive bases of a subspace iteration share what
# has converged, and the difference of two such directions is mostly rounding: at 1e-7 it put residuals off by 2 %,
# at 1e-4 the energy captured began to fall.
_DEPENDENT = 1e-5
# Singular values this much smaller than the largest are zeros that float32 cannot tell from rounding.
_ZERO = 1e-6


class Turn(NamedTuple):
    """How to make a matrix T's columns orthonormal.

    Parameters
    ----------
    factor : shape (l, l), float64
        ``T @ factor`` has orthonormal columns, the direction that T stretches most first; columns of zeros
        where T has not that many directions.
    singular_values : shape (l,), float64
        Of T, falling.
    """

    factor: np.ndarray
    singular_values: np.ndarray


class Ritz(NamedTuple):
    """The best singular triplets of M within a subspace.

    Parameters
    ----------
    singular_values : shape (d,), float64
        Falling.
    right : shape (n, d), float64
        Right singular vectors, as combinations of the basis Q.
    left : shape (n, d), float64
        Left ones, as combinations of M Q.
    """

    singular_values: np.ndarray
    right: np.ndarray
    left: np.ndarray


def orthonormalise(gram: np.ndarray) -> Turn:
    """Orthonormal columns for a matrix, from its Gram matrix, shape (l, l), float64.

    By eigendecomposition, not Cholesky: it cannot break down, and the columns come out in the order of what the
    matrix does to them, which keeps each of them on a scale of its own.
    """
    scale = _inverse_roots(np.diag(gram))
    values, vectors = np.linalg.eigh(scale[:, None] * gram * scale)
    values = np.maximum(values, 0.0)
    weakest = _WEAKEST * values[-1]
    whitened = scale[:, None] * vectors * _inverse_roots(np.maximum(values, weakest))
    # T = (T whitened) @ triangle, up to the floor: the singular values of the small factor are T's.
    triangle = np.sqrt(values)[:, None] * (vectors / np.where(scale > 0, scale, np.inf)[:, None]).T
    rotation, singular_values, _ = np.linalg.svd(triangle)
    return Turn(whitened @ rotation, singular_values)


def next_shift(shift: float, singular_values: np.ndarray) -> float:
    """The shift alpha of ``M^T M - alpha``, given the singular values of the last shifted product (dashSVD, line 10).

    The smallest of them is a lower bound of the l-th eigenvalue less the shift, so alpha grows towards half that
    eigenvalue: the best place, and never beyond it.
    """
    known = singular_values[singular_values > _ZERO * singular_values[0]]
    smallest = float(known[-1]) if len(known) else 0.0
    return (shift + smallest) / 2 if smallest > shift else shift


def ritz(right_gram: np.ndarray, left_gram: np.ndarray, left_sums: np.ndarray, count: int) -> Ritz:
    """The ``count`` largest singular triplets of M in the span of a basis Q, by Rayleigh and Ritz.

    Parameters
    ----------
    right_gram : shape (n, n), float64
        Q^T Q. Q need not be orthonormal, not even independent.
    left_gram : shape (n, n), float64
        (M Q)^T (M Q).
    left_sums : shape (n,), float64
        Column sums of M Q. The sign of each pair of vectors is such that the left one's sum is not negative.
    count
        Triplets wanted. Where the matrix has fewer, the rest are zeros.
    """
    scale = _inverse_roots(np.diag(right_gram))
    values, vectors = np.linalg.eigh(scale[:, None] * right_gram * scale)
    kept = values > _DEPENDENT * values[-1]
    basis = scale[:, None] * vectors[:, kept] / np.sqrt(values[kept])
    squares, rotation = np.linalg.eigh(basis.T @ left_gram @ basis)
    found = min(count, len(squares))
    singular_values, right = np.zeros(count), np.zeros((len(scale), count))
    singular_values[:found] = np.sqrt(np.maximum(squares[::-1][:found], 0.0))
    right[:, :found] = basis @ rotation[:, ::-1][:, :found]
    nothing = singular_values <= _ZERO * singular_values[0]
    singular_values[nothing], right[:, nothing] = 0.0, 0.0
    left = right / np.where(nothing, 1.0, singular_values)
    signs = np.where(left_sums @ left < 0, -1.0, 1.0)
    return Ritz(singular_values, right * signs, left * signs)


def relative_residuals(squares: np.ndarray, singular_values: np.ndarray) -> np.ndarray:
    """``||M^T u - s v|| / s`` of each triplet, shape (d,), from the squared lengths; 0 where s is 0."""
    return np.sqrt(squares) / np.where(singular_values > 0, singular_values, np.inf)


def _inverse_roots(squares: np.ndarray) -> np.ndarray:
    """1 / sqrt of each, and 0 for 0."""
    return np.where(squares > 0, 1 / np.sqrt(np.where(squares > 0, squares, 1.0)), 0.0)
