"""An engine that runs every task here and now, for tests that watch this very process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dsgns.engine import Engine, silent
from dsgns.parameters import Resources


class SerialEngine(Engine):
    """One worker without a cluster; ``allowed_bytes`` is what its tasks may use."""

    def __init__(self, allowed_bytes: int, shard_size: int = 64 << 20) -> None:
        self.resources = Resources(shard_size=shard_size)
        self.listener = silent
        self.workers = 1
        self.baseline_bytes = 0
        self.allowed_bytes = allowed_bytes
        self.memory_limit = allowed_bytes

    def run(
        self, label: str, function: Callable[..., Any], items: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[tuple[str, Any]]:
        for name, args in items.items():
            yield name, function(*args)

    def submit(self, label: str, task: Callable[..., Any], *args: Any, workers: Any = None) -> Any:
        return task(*args)

    def wait(self, futures: list[Any], what: str) -> list[Any]:
        return futures

    @contextmanager
    def _silence(self) -> Iterator[Any]:
        class Nobody:
            def finish(self, name: str) -> None: ...
            def set(self, done: int) -> None: ...

        yield Nobody()

    def track(self, *args: Any, **kwargs: Any) -> Any:
        return self._silence()

    def forget_peak(self) -> None: ...

    def peak_bytes(self) -> int:
        return 0
