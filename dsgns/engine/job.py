"""The making of one output: which blocks are still to be made, what that took, and the record at the end."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from dsgns.engine.events import Event
from dsgns.engine.figures import Figures
from dsgns.engine.moments import Keeping, Stop, Wanted
from dsgns.engine.worker import run_task
from dsgns.engine.workers import Workers
from dsgns.errors import RunStoppedError, WorkerKilledError
from dsgns.store import Manifest, Output
from dsgns.store.lease import Held
from dsgns.version import __version__


class Job:
    """What a stage works with while it holds the lease on its output.

    Parameters
    ----------
    engine
        Runs the tasks.
    output
        Where the blocks go.
    plan
        The plan the output was begun with, by this run or an earlier one.
    parameters, inputs
        For the record.
    held
        The lease.
    """

    def __init__(
        self,
        engine: Workers,
        output: Output,
        plan: dict[str, Any],
        parameters: Mapping[str, Any],
        inputs: Mapping[str, str],
        held: Held,
    ) -> None:
        self._held = held
        self.engine, self.output, self.plan = engine, output, plan
        self._about = {"parameters": dict(parameters), "inputs": dict(inputs)}
        self._figures = Figures(output)
        self._started = time.time()
        self._stop: Stop | None = None

    def run(
        self,
        label: str,
        task: Callable[..., Manifest],
        items: Mapping[str, tuple[Any, ...]],
        *,
        projected_bytes: int,
        unit: str = "blocks",
        weights: Mapping[str, int] | None = None,
        in_order: bool = False,
        keep: Keeping | None = None,
        places: Mapping[str, str] | None = None,
        lost: dict[str, str] | None = None,
    ) -> dict[str, Manifest]:
        """Make every block that is not there yet, each with ``task(*args)``.

        Parameters
        ----------
        label
            Such as ``counts: spill``.
        task
            A module-level function that writes exactly the block it is named for and returns its manifest.
        items
            Arguments of the task by block name.
        projected_bytes
            The most memory one task will use beyond the worker's baseline.
        unit, weights
            What progress counts, and how many units each block stands for.
        in_order
            Whether each block is begun only when the one before it is there.
        keep
            What :meth:`ask` is to do where a callback wants the vectors kept.
        places
            Where the text of each block lies, to be named where no worker survives it.
        lost
            Where it is given, blocks whose text cannot be read, or that no worker survives, are left out of what is
            returned, and what is wrong with them is put here.

        Raises
        ------
        RunStoppedError
            If a callback stopped the run; tasks that were under way are finished.
        WorkerKilledError
            If a worker died each time it worked on some blocks; all others are there.
        MemoryPromiseError
            If a task would use more than it may; nothing was run then.
        WorkspaceBusyError
            If this run stood still so long that another one has taken the output over.
        """
        self._held.require()
        self.engine.require(label, projected_bytes)
        weights = weights or dict.fromkeys(items, 1)
        done = self.engine.sound(self.output, list(items))
        promised = self.engine.baseline_bytes + projected_bytes
        began = time.perf_counter()
        tracker = self.engine.track(label, unit, weights, finished=list(done), promised=promised)
        pending = {name: (label, unit, name, promised, task, *args) for name, args in items.items() if name not in done}
        turns = [{name: args} for name, args in pending.items()] if in_order else [pending]
        wanted = (Wanted(turn, lambda: self._stop is None) for turn in turns)
        units, total, there = sum(weights[name] for name in done), sum(weights.values()), list(done.values())
        if in_order and there:  # a run that was interrupted is stopped where it would have been
            self.ask(label, there, units, total, unit, keep)
        with tracker, _placed(places or {}):
            for name, manifest in chain.from_iterable(self.engine.run(label, run_task, turn, lost) for turn in wanted):
                done[name] = manifest
                tracker.finish(manifest)
                units += weights[name]
                there.append(manifest)
                self.ask(label, there, units, total, unit, keep)
            self.require_going(label)
        self._figures.add(label, done, pending, time.perf_counter() - began)
        return {name: done[name] for name in items if name in done}

    def ask(
        self, label: str, blocks: Sequence[Manifest], done: int, total: int, unit: str, keep: Keeping | None = None
    ) -> None:
        """Ask the callbacks after a block, the last of ``blocks``, whether to go on; :meth:`require_going` ends it.

        Parameters
        ----------
        keep
            Called where a callback wants the vectors kept, or stops the run. At the end of a step that has one there is
            nothing to keep or to stop any more.
        """
        if not self.engine.watch.callbacks:
            return
        answer = self.engine.watch.ask(label, blocks, done, total, unit)
        if keep is not None and done >= total:
            return
        if keep is not None and any(answer):
            keep(blocks[-1], done, total, answer)
        self._stop = self._stop or answer.stop

    def require_going(self, label: str) -> None:
        """End the run here if a callback stopped it.

        Raises
        ------
        RunStoppedError
            If one did.
        """
        if self._stop is not None:
            raise RunStoppedError(label, self._stop.reason)

    def measure(self, label: str, blocks: Mapping[str, Manifest], made: Iterable[str], seconds: float) -> None:
        """Count a step that ran its own tasks: its blocks, and those of them that this run made in ``seconds``."""
        self._figures.add(label, blocks, made, seconds)

    def found(self, label: str, blocks: Mapping[str, Manifest]) -> None:
        """Count in a step the blocks of earlier runs that this one has no task for, unless they are counted."""
        self._figures.find(label, blocks)

    def note(self, text: str) -> None:
        """Tell the person at the terminal something."""
        self.engine.listener(Event("note", self.output.stage, text=text))

    def finish(self, facts: Mapping[str, Any], *, drop: tuple[str, ...] = ()) -> Output:
        """Declare the output complete; prefixes in ``drop`` are scaffolding and are deleted after that.

        Raises
        ------
        WorkspaceBusyError
            If another run has taken the output over.
        """
        self._held.require()
        blocks = (
            [name for name in self.output.manifests() if not name.startswith(drop)]
            if drop
            else list(self.output.manifests())
        )
        self.output.finish(
            {
                **self._about,
                "facts": dict(facts),
                "figures": self._figures.steps,
                "blocks": blocks,
                "started": self._started,
                "finished": time.time(),
                "version": __version__,
                "host": {"system": platform.system(), "machine": platform.machine()},
            }
        )
        for prefix in drop:
            self.output.remove(prefix)
        self.output.sweep(blocks)
        return self.output


@contextmanager
def _placed(places: Mapping[str, str]) -> Iterator[None]:
    """Have an error about blocks that no worker survives say where their text lies."""
    try:
        yield
    except WorkerKilledError as error:
        raise WorkerKilledError(error.label, error.blocks, places) from error
