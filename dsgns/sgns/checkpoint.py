"""Checkpoints: the state of a training in blocks, and how far it had come.

``checkpoint/<number>/input/<k>`` and ``.../output/<k>`` hold the rows, padding included. The small block
``history/<number>`` is written after all of them, so a checkpoint that has one is whole. ``start/input/<k>`` and so on
hold the rows that a training began with which goes on from another one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from dsgns.errors import DivergedError
from dsgns.parameters import SGNSParameters
from dsgns.sgns.grid import MATRICES, Grid, block_name
from dsgns.sgns.model import Model, aligned_zeros, padded
from dsgns.sgns.training import Trained
from dsgns.store import Manifest, Output

STATES = "checkpoint"
HISTORIES = "history"
START = "start"


@dataclass(frozen=True)
class History:
    """What a training has to tell so far.

    Parameters
    ----------
    pairs, subsampled
        Pairs trained, and tokens that subsampling left out, over all epochs.
    loss, held_out_loss
        After each epoch.
    """

    pairs: int = 0
    subsampled: int = 0
    loss: tuple[float, ...] = ()
    held_out_loss: tuple[float, ...] = ()

    def trained(self, trained: Trained) -> Self:
        """With more pairs trained."""
        return replace(self, pairs=self.pairs + trained.pairs, subsampled=self.subsampled + trained.subsampled)

    def measured(self, loss: float, held_out_loss: float | None) -> Self:
        """With the loss of one more epoch."""
        held_out = () if held_out_loss is None else (held_out_loss,)
        return replace(self, loss=(*self.loss, loss), held_out_loss=(*self.held_out_loss, *held_out))

    def to_facts(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Self:
        """The history that :meth:`to_facts` came from."""
        losses = {name: tuple(facts[name]) for name in ("loss", "held_out_loss")}
        return cls(pairs=facts["pairs"], subsampled=facts["subsampled"], **losses)


def history_name(number: int) -> str:
    """The block that completes a checkpoint."""
    return f"{HISTORIES}/{number:06d}"


def number_of(name: str) -> int:
    """The number of the checkpoint that a block completes."""
    return int(name.rpartition("/")[2])


def state_name(number: int | None) -> str:
    """What the names of a checkpoint's blocks begin with; None for the state before training."""
    return START if number is None else f"{STATES}/{number:06d}"


def state_blocks(number: int, grid: Grid) -> list[str]:
    """All blocks of rows of a checkpoint."""
    return [f"{state_name(number)}/{block_name(matrix, k)}" for k in range(len(grid)) for matrix in MATRICES]


def write_history(output: Output, number: int, history: History) -> Manifest:
    """Complete a checkpoint."""
    return output.write(history_name(number), {}, facts=history.to_facts())


def read_history(output: Output, number: int) -> History:
    """How far a checkpoint had come."""
    return History.from_facts(output.facts_of(history_name(number)))


def write_rows(
    output: Output, number: int, k: int, rows: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
) -> None:
    """Write the ``k``-th row range of both matrices, float32, shape (rows, padded d)."""
    for matrix, values in zip(MATRICES, rows, strict=True):
        output.write(f"{state_name(number)}/{block_name(matrix, k)}", {"rows": values})


def read_rows(output: Output, number: int | None, k: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Read the ``k``-th row range of both matrices, float32, shape (rows, padded d)."""
    inputs, outputs = (
        output.read(f"{state_name(number)}/{block_name(matrix, k)}", "rows")["rows"] for matrix in MATRICES
    )
    return inputs, outputs


def write_model(output: Output, number: int, model: Model, grid: Grid) -> None:
    """Write all rows, block by block."""
    for k, (start, stop) in enumerate(grid):
        write_rows(output, number, k, (model.inputs[start:stop], model.outputs[start:stop]))


def read_model(output: Output, number: int | None, vector_size: int, grid: Grid) -> Model:
    """Read all rows, block by block."""
    shape = (grid[-1][1], padded(vector_size))
    model = Model(aligned_zeros(*shape), aligned_zeros(*shape))
    for k, (start, stop) in enumerate(grid):
        model.inputs[start:stop], model.outputs[start:stop] = read_rows(output, number, k)
    return model


def require_finite(model: Model, parameters: SGNSParameters, where: str) -> None:
    """Stop a training that has left the finite numbers.

    Raises
    ------
    DivergedError
        Naming where, and what to lower.
    """
    if model.finite:
        return
    advice = f"Lower --alpha (now {parameters.alpha:g})"
    if parameters.replicas > 1:
        advice += f", use fewer --replicas (now {parameters.replicas}) or fewer tokens a round (round_tokens)"
    raise DivergedError(f"SGNS left the finite numbers in {where}. {advice}, and train again.")
