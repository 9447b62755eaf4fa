"""What the steps of an output took, added up over all the runs that worked on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dsgns.store import Manifest, Output

Steps = dict[str, dict[str, Any]]


class Figures:
    """Kept in the output after each step, so that an interruption loses none of what finished steps took.

    Parameters
    ----------
    output
        What is being made; earlier runs may have made some of it.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self.steps: Steps = output.figures
        """By label: ``blocks``, ``seconds``, ``worker_seconds``, ``peak_bytes``, ``projected_bytes``, and ``until``,
        when the last block was written that is counted in them."""

    def add(self, label: str, blocks: Mapping[str, Manifest], made: Iterable[str], seconds: float) -> None:
        """Count the blocks of a step.

        Parameters
        ----------
        blocks
            All of them.
        made
            Those that this run made, in ``seconds``. Of the others, an earlier run kept what they took, unless it
            was stopped in the middle of the step: then their manifests tell.
        """
        step = self.steps.setdefault(label, dict.fromkeys(_SUMS, 0) | {"until": 0.0})
        mine = set(made)
        fresh = {name: block for name, block in blocks.items() if name in mine or block.written > step["until"]}
        seconds += busy_seconds(block for name, block in fresh.items() if name not in mine)
        step["blocks"] += len(fresh)
        step["seconds"] = round(step["seconds"] + seconds, 3)
        step["worker_seconds"] = round(step["worker_seconds"] + sum(block.seconds for block in fresh.values()), 3)
        for what in ("peak_bytes", "projected_bytes"):
            step[what] = max([step[what], *(getattr(block, what) for block in fresh.values())])
        step["until"] = max([step["until"], *(block.written for block in fresh.values())])
        self._output.keep_figures(self.steps)

    def find(self, label: str, blocks: Mapping[str, Manifest]) -> None:
        """Count those blocks of earlier runs that no step has counted: the runs were stopped in the middle of it."""
        until = max((step["until"] for step in self.steps.values()), default=0.0)
        if found := {name: block for name, block in blocks.items() if block.written > until}:
            self.add(label, found, made=(), seconds=0.0)


_SUMS = ("blocks", "seconds", "worker_seconds", "peak_bytes", "projected_bytes")


def busy_seconds(blocks: Iterable[Manifest]) -> float:
    """How long at least one of some blocks was being made.

    Examples
    --------
    >>> busy_seconds([Manifest("a", {}, {}, seconds=3, written=10), Manifest("b", {}, {}, seconds=1, written=9.5),
    ...               Manifest("c", {}, {}, seconds=2, written=20)])
    5.0
    """
    total, until = 0.0, float("-inf")
    for begun, written in sorted((block.written - block.seconds, block.written) for block in blocks):
        total += max(0.0, written - max(begun, until))
        until = max(until, written)
    return total
