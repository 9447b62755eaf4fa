"""Vectors of a training that is not at its end, as a result of their own beside what it goes on in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dsgns.engine import Engine
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import History, number_of
from dsgns.sgns.grid import MATRICES, Grid
from dsgns.sgns.task import copy_vectors
from dsgns.store import Manifest, Output

LABEL = "sgns: vectors"


@dataclass
class Keeper:
    """Writes a checkpoint's vectors as a completed output; the last one written is ``kept``.

    Parameters
    ----------
    engine, output, parameters, grid
        The training under way.
    facts
        Of a result, from its history.
    key
        Of the vectors after so many tokens of all: it says what they are, not why they were kept.
    """

    engine: Engine
    output: Output
    parameters: SGNSParameters
    grid: Grid
    facts: Callable[[History], dict[str, Any]]
    key: Callable[[int, int], str]
    kept: Output | None = field(default=None, init=False)

    def __call__(self, history: Manifest, trained: int, total: int, stopped: str | None) -> None:
        """Keep the checkpoint that a block completes, made after ``trained`` tokens of ``total``."""
        self.kept = self.output.sibling(self.key(trained, total))
        if self.engine.reuse(self.kept):
            return
        began, inputs = time.perf_counter(), self.output.inputs
        with self.engine.produce(self.kept, parameters=self.parameters.to_dict(), inputs=inputs) as job:
            blocks = {block.name: block for block in self._copied(self.kept, number_of(history.name))}
            job.measure(LABEL, blocks, blocks, time.perf_counter() - began)
            how_far = {"trained_tokens": trained, "all_tokens": total} | ({"stopped": stopped} if stopped else {})
            job.finish(self.facts(History.from_facts(history.facts)) | how_far)

    def _copied(self, kept: Output, number: int) -> list[Manifest]:
        """Write all blocks; a step of its own would take the voice of the one under way."""
        size = self.parameters.vector_size
        places = [(matrix, k, rows) for matrix in MATRICES for k, rows in enumerate(self.grid)]
        futures = [self.engine.submit(LABEL, copy_vectors, self.output, kept, *place, number, size) for place in places]
        return self.engine.wait(futures, "vectors that are kept")
