"""The same steps as :mod:`dsgns.sgns.kernels.vector_tiles`, as loops that any host compiles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import PITCH, Batch


@kernel(fastmath=True, _nrt=False)
def score_block(
    batch: Batch, first: int, contexts: int, target: int, width: int, rate: np.float32, label: np.float32
) -> None:
    """Gradients of some contexts by a block of targets, all from one state of the model, to ``batch.gradients``.

    Parameters
    ----------
    first, contexts
        Where in ``batch.contexts`` the rows begin, and how many they are.
    target, width
        The same of ``batch.targets``; 6, 4, 2 or 1 of them.
    rate
        Learning rate.
    label
        Of the first target: 1 where it is the pairs' own word. The others are noise.
    """
    for m in range(contexts):
        row = batch.inputs[batch.contexts[first + m]]
        for n in range(width):
            expected = label if n == 0 else np.float32(0.0)
            score = dot(row, batch.outputs[batch.targets[target + n]])
            batch.gradients[m * PITCH + n] = rate * (expected - _sigmoid(score))


@kernel(fastmath=True, _nrt=False)
def update_block(batch: Batch, first: int, contexts: int, target: int, width: int, ahead: int, newest: int) -> None:
    """Change the rows of a block as its gradients say.

    The contexts change one after the other, each by the targets as they were; the targets change after the last.
    So a row may occur more than once on either side. Rows that are needed soon are asked for meanwhile, where a host
    can: those of the targets from ``ahead`` on, and the row ``newest`` of ``inputs``.
    """
    batch.changes[:width] = np.float32(0.0)
    for m in range(contexts):
        row = batch.inputs[batch.contexts[first + m]]
        for n in range(width):
            _add(batch.changes[n], batch.gradients[m * PITCH + n], row)
        for n in range(width):
            _add(row, batch.gradients[m * PITCH + n], batch.outputs[batch.targets[target + n]])
    for n in range(width):
        _add(batch.outputs[batch.targets[target + n]], np.float32(1.0), batch.changes[n])


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
