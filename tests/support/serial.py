"""An engine that runs every task here and now, for tests that watch this very process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from dsgns.engine import Engine, silent
from dsgns.engine.worker import run_task
from dsgns.errors import CorpusError
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

    def weigh(self, output: Any = None) -> None: ...

    def require_everywhere(self, check: Callable[..., str], *args: Any) -> None:
        assert check(*args) == ""

    def run(
        self,
        label: str,
        function: Callable[..., Any],
        items: Mapping[str, tuple[Any, ...]],
        lost: dict[str, str] | None = None,
    ) -> Iterator[tuple[str, Any]]:
        for name, args in items.items():
            # The wrapper around a task would talk to the worker that it takes itself to be on.
            _, _, _, _, task, *rest = args if function is run_task else (*[None] * 4, function, *args)
            try:
                yield name, task(*rest)
            except CorpusError as error:
                if lost is None:
                    raise
                lost[name] = str(error)

    def submit(self, label: str, task: Callable[..., Any], *args: Any, near: str | None = None) -> Any:
        return task(*args)

    def addresses(self) -> list[str]:
        return ["here"]

    def wait(self, futures: list[Any], what: str) -> list[Any]:
        return futures

    def track(self, *args: Any, **kwargs: Any) -> Any:
        return _Nobody()

    def spending(self, label: str) -> Any:
        return _Nobody()

    def forget_peak(self) -> None: ...

    def peak_bytes(self) -> int:
        return 0


class _Nobody:
    """Hears of progress and says nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None: ...

    def finish(self, block: Any) -> None: ...

    def learn(self, block: Any) -> None: ...

    def set(self, done: int, rounds: object = None) -> None: ...

    def look(self) -> dict[str, Any]:
        return {}
