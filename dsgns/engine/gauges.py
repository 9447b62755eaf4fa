"""What a worker shows of its work on Dask's dashboard, on the page of workers: see :data:`GAUGES`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from distributed import Worker

from dsgns.store import Manifest

_WINDOW = 5.0  # seconds over which a speed is taken


class Gauges:
    """Counts what tasks of this process get done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._units: dict[str, float] = {}
        self._since = time.monotonic()
        self._speeds: dict[str, float] = {}
        self._bytes = 0
        self._loss = 0.0

    def advance(self, unit: str, units: int) -> None:
        """So many more tokens, bytes, cells or rows are done."""
        with self._lock:
            self._units[unit] = self._units.get(unit, 0) + units

    def wrote(self, block: Manifest) -> None:
        """A block was written; skip-gram's tell the loss."""
        with self._lock:
            self._bytes += sum(int(array["bytes"]) for array in block.arrays.values())
            self._loss = next(iter(reversed(block.facts.get("loss", ()))), self._loss)

    def speed(self, unit: str) -> float:
        """Units a second, over the last few seconds that are over."""
        with self._lock:
            passed = time.monotonic() - self._since
            if passed >= _WINDOW:
                self._speeds = {name: round(number / passed, 1) for name, number in self._units.items()}
                self._units, self._since = {}, time.monotonic()
            return self._speeds.get(unit, 0.0)

    @property
    def written(self) -> int:
        """Bytes of the blocks written since the process began, before they are compressed."""
        return self._bytes

    @property
    def loss(self) -> float:
        """Of skip-gram: the last that this worker has heard of; 0 before."""
        return self._loss


GAUGES = Gauges()
"""Those of this process."""

METRICS: dict[str, Callable[[Worker], Any]] = {
    "dsgns tokens/s": lambda worker: GAUGES.speed("tokens"),
    "dsgns text bytes/s": lambda worker: GAUGES.speed("bytes"),
    "dsgns cells/s": lambda worker: GAUGES.speed("cells"),
    "dsgns bytes written": lambda worker: GAUGES.written,
    "dsgns loss": lambda worker: GAUGES.loss,
}
"""What each worker tells the scheduler of with every heartbeat, by the name it has on the dashboard."""
