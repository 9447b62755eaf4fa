"""Vectors of a training that is not at its end, as a result of their own beside what it goes on in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dsgns.engine import Answer, Engine
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import History, number_of
from dsgns.sgns.grid import MATRICES, Grid
from dsgns.sgns.task import copy_vectors
from dsgns.store import Manifest, Output

LABEL = "sgns: vectors"
BEST = "best"
PURPOSE = "early stopping"


@dataclass
class Keeper:
    """Writes a checkpoint's vectors as a completed output; what a run that is stopped comes back with is ``kept``.

    What is kept only as the best so far is set aside, and goes when something better comes; the training's block
    ``best`` names it, so that a run that goes on from here knows it too.

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
    told: str = field(default="", init=False)

    def __call__(self, history: Manifest, trained: int, total: int, wanted: Answer) -> None:
        """Keep the checkpoint that a block completes, made after ``trained`` tokens of ``total``."""
        stop = wanted.stop
        best = self._best() if stop is not None and stop.best else None
        if best is not None and not self.engine.reuse(best):
            best = None
        if best is None or wanted.keep:
            now = self._keep(history, trained, total, wanted)
        if stop is not None:
            self.kept = best or now
            if best is not None:
                self.told = (
                    f"Stopped: {stop.reason}. The vectors of epoch {_epochs(best)}, the best, are {best.name}; without "
                    "early stopping the same call, or command, trains on."
                )
            _declare_stopped(self.kept, stop.reason)

    def end(self, history: History) -> str:
        """Remove what was the best so far, unless the training ended worse: then what is to be said of it."""
        best, losses = self._best(), history.held_out_loss
        if best is None or best.aside_for != PURPOSE:
            return ""
        if losses[-1] < losses[_epochs(best) - 1]:
            _erase(best)
            return ""
        return f"Epoch {_epochs(best)} was better than the last on held-out text; its vectors are {best.name}."

    def _keep(self, history: Manifest, trained: int, total: int, wanted: Answer) -> Output:
        """Write the vectors as they are now, unless they are there, and say whether they are meant to stay."""
        kept = self.output.sibling(self.key(trained, total))
        stays = wanted.keep or wanted.stop is not None
        if not self.engine.reuse(kept):
            self._write(kept, history, {"trained_tokens": trained, "all_tokens": total}, stays)
        elif stays:
            kept.take_up()
        if wanted.best:
            before = self._best()
            self.output.write(BEST, {}, facts={"key": kept.key})
            if before is not None and before != kept and before.aside_for == PURPOSE:
                _erase(before)
        return kept

    def _best(self) -> Output | None:
        """The vectors that were last kept as the best, if they are still there."""
        manifest = self.output.manifest(BEST)
        best = self.output.sibling(manifest.facts["key"]) if manifest else None
        return best if best and best.complete else None

    def _write(self, kept: Output, history: Manifest, how_far: dict[str, int], stays: bool) -> None:
        began, inputs, begun = time.perf_counter(), self.output.inputs, kept.plan is not None
        with self.engine.produce(kept, parameters=self.parameters.to_dict(), inputs=inputs) as job:
            if stays:
                kept.take_up()
            elif not begun:
                kept.put_aside(PURPOSE)
            blocks = {block.name: block for block in self._copied(kept, number_of(history.name))}
            job.measure(LABEL, blocks, blocks, time.perf_counter() - began)
            job.finish(self.facts(History.from_facts(history.facts)) | how_far)

    def _copied(self, kept: Output, number: int) -> list[Manifest]:
        """Write all blocks; a step of its own would take the voice of the one under way."""
        size = self.parameters.vector_size
        places = [(matrix, k, rows) for matrix in MATRICES for k, rows in enumerate(self.grid)]
        futures = [self.engine.submit(LABEL, copy_vectors, self.output, kept, *place, number, size) for place in places]
        return self.engine.wait(futures, "vectors that are kept")


def _declare_stopped(kept: Output, reason: str) -> None:
    """Have a result that a run is ended with say why, whoever kept it first."""
    kept.take_up()
    record = kept.record
    if record["facts"].get("stopped") != reason:
        with kept.lease():
            kept.finish(record | {"facts": record["facts"] | {"stopped": reason}})


def _erase(kept: Output) -> None:
    with kept.held_to_erase():
        kept.erase()


def _epochs(kept: Output) -> int:
    return len(kept.facts["loss"])
