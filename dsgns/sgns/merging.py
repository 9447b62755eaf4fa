"""How the changes of several replicas become one step of a shard.

Replicas that train side by side all leave from the same rows. A rare row was changed by few of them and a little, so
its changes add up; a frequent one was brought to the same place by all of them, so their mean is right. Between
these lies, for every row and every direction, how far the row would have come had the replicas trained one after
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.curvature import Curvature
from dsgns.sgns.gauge import product
from dsgns.svd.blas import single_thread

MOST_GROWTH = 1.5
"""By what factor the rows of a shard may grow in a round before the merge is taken for an overshoot."""

_LEAST_NORM = 1.0  # rows shorter than this are still on their way from where they began
_NOTHING = 0.1  # exponents below this change a sum by less than a twentieth
_LEADING = 8  # directions that are looked at alone where the others are below that


class RowDelta(NamedTuple):
    """How replicas changed some rows of one matrix.

    Parameters
    ----------
    rows
        int32, ascending: row numbers within the shard.
    delta
        float32, shape (rows, padded d): after training minus before, summed over the replicas.
    touching
        int32: how many replicas changed each row.
    """

    rows: npt.NDArray[np.int32]
    delta: npt.NDArray[np.float32]
    touching: npt.NDArray[np.int32]


class Step(NamedTuple):
    """What a merge knows of the round it ends.

    Parameters
    ----------
    updates
        float32, shape (rows of the shard): expected updates of each row by all replicas.
    visit
        Updates that a replica which touches a row at all makes at least.
    rates
        float32, shape (rows of the shard): the mean learning rate times the slope of the row's loss.
    curvature
        Of the loss in the rows of this matrix.
    replicas
        How many took part.
    """

    updates: npt.NDArray[np.float32]
    visit: int
    rates: npt.NDArray[np.float32]
    curvature: Curvature
    replicas: int


class Merged(NamedTuple):
    """A shard's rows after a round.

    Parameters
    ----------
    rows
        float32, shape (rows, padded d).
    flux
        float64, shape (padded d, padded d): rows before, transposed, times their change.
    overshot
        Whether the guard had to act.
    """

    rows: npt.NDArray[np.float32]
    flux: npt.NDArray[np.float64]
    overshot: bool


def merged(shard: npt.NDArray[np.float32], deltas: Sequence[RowDelta], step: Step) -> Merged:
    """The shard's rows after a round.

    Where the rows would grow by more than :data:`MOST_GROWTH`, weighed by their updates, they get the mean of the
    replicas' changes instead, which lies between those that the replicas came to.
    """
    total, touching = _summed(shard, deltas)
    pull = step.rates * np.maximum(step.updates, touching * np.float32(step.visit))
    damp(total, touching, pull, step.curvature)
    flux = product(shard, total)
    total += shard
    if _norm(total, step.updates) <= MOST_GROWTH * max(_LEAST_NORM, _norm(shard, step.updates)):
        return Merged(total, flux, overshot=False)
    total, _ = _summed(shard, deltas)
    total /= np.float32(step.replicas)
    total += shard
    return Merged(total, np.zeros_like(flux), overshot=True)


def _summed(
    shard: npt.NDArray[np.float32], deltas: Sequence[RowDelta]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """The sum of all changes, in order, and how many replicas changed each row."""
    total, touching = np.zeros_like(shard), np.zeros(len(shard), np.int32)
    for rows, delta, replicas in deltas:
        _add_rows(total, touching, rows, delta, replicas)
    return total, touching


def damp(
    total: npt.NDArray[np.float32], touching: npt.NDArray[np.int32], pull: npt.NDArray[np.float32], curvature: Curvature
) -> None:
    """Scale the summed changes of each row, direction by direction, in place.

    Near its optimum a row follows ``dx/dt = -H x``. In an eigendirection of H, with ``x = rate * slope * updates *
    eigenvalue`` for each of C replicas, one of them covers the share ``1 - exp(-x)`` of the way; one after another
    they would have covered ``1 - exp(-C x)``. So their sum counts ``(1 - exp(-C x)) / (C (1 - exp(-x)))``: 1 where
    the row is rare or the direction flat, 1 / C where the replicas arrived. ``pull`` is C x over the eigenvalue.
    """
    values, vectors, _ = curvature
    several = touching > 1
    all_directions = several & (pull * values[-1 - min(_LEADING, values.size - 1)] > _NOTHING)
    leading = several & (pull * values[-1] > _NOTHING) & ~all_directions
    for chosen, first in ((all_directions, 0), (leading, max(0, values.size - _LEADING))):
        rows = np.flatnonzero(chosen)
        directions = np.ascontiguousarray(vectors[:, first:])
        with single_thread():
            along = total[rows] @ directions
            _weigh(along, pull[rows], touching[rows], values[first:])
            total[rows] += along @ directions.T


def _norm(rows: npt.NDArray[np.float32], weights: npt.NDArray[np.float32]) -> float:
    """Root of the weighted mean of squared lengths; infinite where something is no number."""
    squares = np.einsum("rk,rk->r", rows, rows)
    mean = float(weights @ squares) / max(float(weights.sum()), 1e-30)
    return float(np.sqrt(mean)) if np.isfinite(mean) else np.inf


@kernel
def _add_rows(
    total: npt.NDArray[np.float32], touching: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int32], delta: npt.NDArray[np.float32], replicas: npt.NDArray[np.int32],
) -> None:  # fmt: skip
    for i in range(rows.size):
        touching[rows[i]] += replicas[i]
        for k in range(delta.shape[1]):
            total[rows[i], k] += delta[i, k]


@kernel
def _weigh(
    along: npt.NDArray[np.float32], pull: npt.NDArray[np.float32], touching: npt.NDArray[np.int32],
    values: npt.NDArray[np.float32],
) -> None:  # fmt: skip
    """Changes along each direction to what is to be added to them."""
    for i in range(pull.size):
        replicas = float(touching[i])
        for k in range(values.size):
            all_steps = pull[i] * values[k]
            own = -np.expm1(-all_steps / replicas)
            weight = -np.expm1(-all_steps) / (replicas * own) if own > 1e-9 else 1.0
            along[i, k] *= np.float32(weight - 1.0)
