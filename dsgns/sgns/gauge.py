"""The balance of the two matrices, which scores do not show and merging would lose.

Scores are the same under ``U -> U A, V -> V A^-T``. Training knows its place among these all the same: a step on a pair
adds ``g v`` to u and ``g u`` to v, so that ``U^T dU = dV^T V`` at every moment, and ``U^T U - V^T V`` hardly changes
(Saxe et al. 2014, section 1, for linear networks). Merging shortens the steps of frequent rows more than those of
others, and so not equally in both matrices; unchecked, the frequent input rows grow together in a direction that no
output row sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsgns.svd.blas import single_thread

BALANCED = 4
"""Rounds from one correction to the next."""

_MOST = 0.5  # largest correction at a time, as the spectral norm of A - 1
_RIDGE = 1e-3


class Moments(NamedTuple):
    """What some rows contribute to the balance; float64, shape (padded d, padded d).

    Parameters
    ----------
    flux_inputs, flux_outputs
        ``U^T dU`` and ``dV^T V`` over the rounds since the last correction.
    inputs, outputs
        ``U^T U`` and ``V^T V``.
    """

    flux_inputs: npt.NDArray[np.float64]
    flux_outputs: npt.NDArray[np.float64]
    inputs: npt.NDArray[np.float64]
    outputs: npt.NDArray[np.float64]

    def plus(self, other: Self) -> Moments:
        """Of both sets of rows."""
        return Moments(*(one + more for one, more in zip(self, other, strict=True)))


def product(left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """``left^T right`` over all rows, float64 after the sum."""
    with single_thread():
        return (left.T @ right).astype(np.float64)


def correction(parts: Sequence[Moments]) -> npt.NDArray[np.float32]:
    """The X of ``U -> U (1 + X), V -> V (1 + X)^-T`` that makes the fluxes equal, float32, shape (padded d, padded d).

    It solves ``U^T U X + X V^T V = dV^T V - U^T dU``, a Sylvester equation, in the eigenvectors of both.
    """
    flux_inputs, flux_outputs, inputs, outputs = reduce(Moments.plus, parts)
    with single_thread():
        (a, left), (b, right) = np.linalg.eigh(inputs), np.linalg.eigh(outputs)
        sums = np.maximum(a, 0.0)[:, None] + np.maximum(b, 0.0)
        sums += max(_RIDGE * float(sums.max()), 1e-30)
        found = left @ ((left.T @ (flux_outputs - flux_inputs) @ right) / sums) @ right.T
        size = float(np.linalg.norm(found, 2))
    return (found * min(1.0, _MOST / max(size, 1e-30))).astype(np.float32)


def corrected(
    inputs: npt.NDArray[np.float32], outputs: npt.NDArray[np.float32], change: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Some rows of both matrices after a correction."""
    with single_thread():
        there = np.eye(len(change)) + change
        back = np.linalg.inv(there).T
        return inputs @ there.astype(np.float32), outputs @ back.astype(np.float32)
