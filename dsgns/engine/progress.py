"""How far a step has come: finished blocks, and what running tasks say of themselves."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Self

from distributed import Client

from dsgns.engine.events import Event, Listener, Rounds, StepFigures
from dsgns.engine.worker import TOPIC
from dsgns.store import Manifest


class Tracker:
    """Adds up the progress of one step and tells the listener; a context manager around the step.

    Parameters
    ----------
    client
        Whose workers' voices are heard.
    listener
        Who is told.
    label, unit
        The step and what it counts.
    weights
        Units that each block stands for.
    finished
        Blocks that an earlier run has made.
    promised
        Bytes that no worker will hold more than.
    """

    def __init__(
        self,
        client: Client,
        listener: Listener,
        label: str,
        unit: str,
        weights: Mapping[str, int],
        finished: list[str],
        promised: int = 0,
    ) -> None:
        self._client, self._listener, self._label, self._unit = client, listener, label, unit
        self._weights = dict(weights)
        self._total = sum(self._weights.values())
        self._done = sum(self._weights[name] for name in finished)
        self._partial: dict[str, int] = {}
        self._begun = False
        self._blocks, self._promised = (len(finished), len(self._weights)), promised
        self._memory = 0
        self._loss: tuple[float, ...] = ()
        self._rounds: Rounds | None = None
        # Voices arrive on the client's event loop, finished blocks on the caller's thread.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._client.subscribe_topic(TOPIC, self._heard)
        self._tell("begin")
        self._begun = True
        return self

    def __exit__(self, *exception: object) -> None:
        self._client.unsubscribe_topic(TOPIC)
        if exception[0] is None:
            self._tell("end")

    def finish(self, block: Manifest) -> None:
        """A block is there."""
        with self._lock:
            self._partial.pop(block.name, None)
            self._done += self._weights.pop(block.name)
            self._blocks = self._blocks[0] + 1, self._blocks[1]
        self.learn(block)
        self._tell("advance")

    def learn(self, block: Manifest) -> None:
        """Take over what a block has to say of memory and loss."""
        with self._lock:
            self._memory = max(self._memory, block.peak_bytes)
            self._loss = tuple(block.facts.get("loss", self._loss))

    def set(self, done: int, rounds: Rounds | None = None) -> None:
        """So many units are done, for steps that count by themselves; before the step begins, by earlier runs."""
        with self._lock:
            self._done, self._rounds = done, rounds
        if self._begun:
            self._tell("advance")

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        said = event[1]
        with self._lock:
            known = self._weights.get(said["block"]) if said["step"] == self._label else None
            if known is None:
                return
            self._partial[said["block"]] = min(said["units"], known)
            self._memory = max(self._memory, said.get("memory", 0))
        self._tell("advance")

    def _tell(self, kind: str) -> None:
        with self._lock:
            done = self._done + sum(self._partial.values())
            figures = StepFigures(*self._blocks, self._memory, self._promised, self._loss, self._rounds)
        self._listener(Event(kind, self._label, done, self._total, self._unit, figures=figures))
