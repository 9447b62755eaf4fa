"""The same steps as :mod:`dsgns.sgns.kernels.vector_tiles`, as loops that any host compiles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import Batch


@kernel(fastmath=True, _nrt=False)
def step_block(batch: Batch, context: int, rows: int, target: int, count: int, rate: np.float32) -> None:
    """One step of gradient descent on a block of pairs: up to four contexts by all targets of their group.

    Every score is taken before any row changes, so each pair sees the same state.

    Parameters
    ----------
    batch
        ``inputs`` and ``outputs`` are changed in place.
    context, target
        Where the block's rows begin in ``contexts`` and ``targets``.
    rows, count
        Number of contexts (4, 2 or 1) and of targets.
    rate
        Learning rate.
    """
    for n in range(count):
        for i in range(rows):
            score = dot(batch.inputs[batch.contexts[context + i]], batch.outputs[batch.targets[target + n]])
            error = batch.positives[target + n] - batch.totals[target + n] * _sigmoid(score)
            batch.gradients[n * rows + i] = rate * batch.repeats[context + i] * error
    batch.changes[:rows] = np.float32(0.0)
    for n in range(count):
        output = batch.outputs[batch.targets[target + n]]
        for i in range(rows):
            _add(batch.changes[i], batch.gradients[n * rows + i], output)
        for i in range(rows):
            _add(output, batch.gradients[n * rows + i], batch.inputs[batch.contexts[context + i]])
    for i in range(rows):
        _add(batch.inputs[batch.contexts[context + i]], np.float32(1.0), batch.changes[i])


@kernel(_nrt=False)
def fetch_row(matrix: npt.NDArray[np.float32], row: int) -> None:
    """Nothing: a prefetch is only a hint."""


@kernel(fastmath=True, _nrt=False)
def dot(x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> np.float32:
    """The inner product of two rows, float32."""
    total = np.float32(0.0)
    for k in range(x.size):
        total += x[k] * y[k]
    return total


@kernel(fastmath=True, _nrt=False)
def _add(changed: npt.NDArray[np.float32], factor: np.float32, row: npt.NDArray[np.float32]) -> None:
    for k in range(row.size):
        changed[k] += factor * row[k]


@kernel(_nrt=False)
def _sigmoid(x: np.float32) -> np.float32:
    return np.float32(1.0) / (np.float32(1.0) + np.exp(-x))
