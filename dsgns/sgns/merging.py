"""How the changes of several replicas become one step of a shard.

Replicas that train side by side all leave from the same rows. A rare row was changed by few of them and a little, so
its changes add up; a frequent one was brought to the same place by all of them, so their mean is right. Between
these lies, for every row and every direction, how far the row would have come had the replicas trained one after
another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.curvature import Curvature
from dsgns.sgns.gauge import product
from dsgns.sgns.kernels.rows import add_rows
from dsgns.svd.blas import single_thread

MOST_GROWTH = 1.5
"""By what factor the rows of a shard may grow in a round before the merge is taken for an overshoot."""

_BLOCK_BYTES = 2 << 20  # of rows merged at a time: what a step leaves is still in a cache for the next
_LEAST_NORM = 1.0  # rows shorter than this are still on their way from where they began
_NOTHING = 0.1  # exponents below this change a sum by less than a twentieth
_LINEAR = 1e-3  # exponents below this leave nothing to take an exponential for
_DIRECTIONS = (1, 8, 32)  # of the steepest are looked at alone, where the others are below that


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
    updates
        Integers: how often they did together.
    """

    rows: npt.NDArray[np.int32]
    delta: npt.NDArray[np.float32]
    touching: npt.NDArray[np.int32]
    updates: npt.NDArray[Any]

    def within(self, own: slice) -> RowDelta:
        """The changes of some of the shard's rows, counted from the first of these."""
        first, last = np.searchsorted(self.rows, (own.start, own.stop))
        found = slice(first, last)
        rows = self.rows[found] - np.int32(own.start)
        return RowDelta(rows, self.delta[found], self.touching[found], self.updates[found])


class Step(NamedTuple):
    """What a merge knows of the round it ends.

    Parameters
    ----------
    rates
        float32, shape (rows of the shard): the mean learning rate times the slope of the row's loss.
    curvature
        Of the loss in the rows of this matrix.
    replicas
        How many took part.
    """

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
    rows, flux = shard.copy(), np.zeros((shard.shape[1],) * 2)
    squares_before = squares = updates = 0.0
    for own in _blocks(shard):
        found = summed(shard[own], [each.within(own) for each in deltas])
        damp(found, step.rates[own][found.rows] * found.updates.astype(np.float32), step.curvature)
        # Of every row that changed: where rare ones were sampled, rows grew to five times their length.
        flux += product(shard[own].take(found.rows, axis=0), found.delta)
        add_rows(rows[own], found.rows, found.delta)
        squares_before += _squares(shard[own], found.rows, found.updates)
        squares += _squares(rows[own], found.rows, found.updates)
        updates += float(found.updates.sum())
    if _norm(squares, updates) <= MOST_GROWTH * max(_LEAST_NORM, _norm(squares_before, updates)):
        return Merged(rows, flux, overshot=False)
    mean = summed(shard, deltas)
    mean.delta[:] /= np.float32(step.replicas)
    np.copyto(rows, shard)
    add_rows(rows, mean.rows, mean.delta)
    return Merged(rows, np.zeros_like(flux), overshot=True)


def _blocks(shard: npt.NDArray[np.float32]) -> Iterator[slice]:
    """Rows that are merged at a time."""
    size = max(1, _BLOCK_BYTES // (4 * shard.shape[1]))
    return (slice(first, first + size) for first in range(0, len(shard), size))


def summed(shard: npt.NDArray[np.float32], deltas: Sequence[RowDelta]) -> RowDelta:
    """The sum of all changes, in order, over the rows that any replica changed."""
    touching, updates = np.zeros(len(shard), np.int32), np.zeros(len(shard), np.int64)
    for each in deltas:
        touching[each.rows] += each.touching
        updates[each.rows] += each.updates
    rows = np.flatnonzero(touching > 0).astype(np.int32)
    places = np.zeros(len(shard), np.int32)
    places[rows] = np.arange(rows.size, dtype=np.int32)
    total = np.zeros((rows.size, shard.shape[1]), np.float32)
    for each in deltas:
        add_rows(total, places[each.rows], each.delta)
    return RowDelta(rows, total, touching[rows], updates[rows])


def damp(found: RowDelta, pull: npt.NDArray[np.float32], curvature: Curvature) -> None:
    """Scale the summed changes of each row, direction by direction, in place.

    Near its optimum a row follows ``dx/dt = -H x``. In an eigendirection of H, with ``x = rate * slope * updates *
    eigenvalue`` for each of C replicas, one of them covers the share ``1 - exp(-x)`` of the way; one after another
    they would have covered ``1 - exp(-C x)``. So their sum counts ``(1 - exp(-C x)) / (C (1 - exp(-x)))``: 1 where
    the row is rare or the direction flat, 1 / C where the replicas arrived. ``pull`` is C x over the eigenvalue.
    """
    values, vectors, _ = curvature
    steep = _steep(np.where(found.touching > 1, pull, 0.0), values)
    least = 0
    for most in (*(size for size in _DIRECTIONS if size < values.size), values.size):
        rows = np.flatnonzero((steep > least) & (steep <= most)).astype(np.int32)
        directions = np.ascontiguousarray(vectors[:, values.size - most :])
        with single_thread():
            along = found.delta.take(rows, axis=0) @ directions
            _weigh(along, pull[rows], found.touching[rows], values[values.size - most :])
            add_rows(found.delta, rows, along @ directions.T)
        least = most


def _steep(pull: npt.NDArray[np.float32], values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """In how many directions damping changes a row by more than next to nothing."""
    flat = np.searchsorted(values, _NOTHING / np.maximum(pull, np.float32(1e-30)), side="right")
    return values.size - flat


def _norm(squares: float, updates: float) -> float:
    """Root of the mean of the rows' squared lengths, weighed by their updates; infinite where one is no number."""
    mean = squares / max(updates, 1.0)
    return float(np.sqrt(mean)) if np.isfinite(mean) else np.inf


@kernel(fastmath={"reassoc", "contract"})
def _squares(matrix: npt.NDArray[np.float32], rows: npt.NDArray[np.int32], weights: npt.NDArray[np.int64]) -> float:
    total = 0.0
    for i in range(rows.size):
        row, square = matrix[rows[i]], np.float32(0.0)
        for k in range(row.size):
            square += row[k] * row[k]
        total += weights[i] * square
    return total


@kernel
def _weigh(
    along: npt.NDArray[np.float32], pull: npt.NDArray[np.float32], touching: npt.NDArray[np.int32],
    values: npt.NDArray[np.float32],
) -> None:  # fmt: skip
    """Changes along each direction to what is to be added to them."""
    for i in range(pull.size):
        replicas = float(touching[i])
        for k in range(values.size):
            steps = float(pull[i]) * values[k]
            weight = 1.0 - 0.5 * steps * (1.0 - 1.0 / replicas)  # to first order
            if steps > _LINEAR:
                weight = (1.0 - np.exp(-steps)) / (replicas * (1.0 - np.exp(-steps / replicas)))
            along[i, k] *= np.float32(weight - 1.0)
