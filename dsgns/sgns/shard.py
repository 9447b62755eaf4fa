"""A range of rows of both matrices, as a worker holds it between rounds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import read_rows, write_rows
from dsgns.sgns.curvature import HEAD
from dsgns.sgns.model import aligned_zeros, initial_inputs
from dsgns.sgns.training import Trained
from dsgns.store import Output


class Shard(NamedTuple):
    """A range of rows of both matrices.

    Parameters
    ----------
    start
        Word id of the first row.
    inputs, outputs
        float32, shape (rows, padded d).
    flux
        What the merges since the last correction contribute to the balance of the matrices: that of the inputs, and
        that of the outputs; none right after a correction, which is when checkpoints are written.
    trained
        How much all replicas trained since the shard was begun or loaded.
    """

    start: int
    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    flux: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None = None
    trained: Trained = Trained()


def initial_shard(parameters: SGNSParameters, start: int, stop: int) -> Shard:
    """A shard before training."""
    inputs = initial_inputs(start, stop, parameters.vector_size, parameters.seed)
    return Shard(start, inputs, aligned_zeros(*inputs.shape))


def load_shard(output: Output, number: int | None, k: int, start: int) -> Shard:
    """A shard as a checkpoint has it; None for the state that a training goes on from."""
    return Shard(start, *read_rows(output, number, k))


def save_shard(output: Output, number: int, k: int, shard: Shard) -> int:
    """Write a shard to a checkpoint; returns its number of rows."""
    write_rows(output, number, k, (shard.inputs, shard.outputs))
    return len(shard.inputs)


def trained_in(shard: Shard) -> Trained:
    """How much all replicas trained since the shard was begun or loaded."""
    return shard.trained


def head(shard: Shard) -> Shard:
    """The rows of the most frequent words that a shard holds; there may be none."""
    rows = max(0, HEAD - shard.start)
    return Shard(shard.start, shard.inputs[:rows], shard.outputs[:rows])
