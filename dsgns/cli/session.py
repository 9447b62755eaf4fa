"""An engine as the run options describe it, with somebody listening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dsgns.parameters import Resources

if TYPE_CHECKING:
    from dsgns.engine import Engine


@contextmanager
def session(
    quiet: bool,
    window: int | None = None,
    *,
    scheduler: str | None,
    workers: int | None,
    memory_limit: int | None,
    shard_size: int,
) -> Iterator[Engine]:
    """The engine that a command's stages run on, closed at the end; ``window`` is the one counted with, if given.

    Raises
    ------
    ClusterError
        If there is nothing to run on.
    ParameterError
        If a resource is out of its range.
    """
    from dsgns.cli.listeners import listening
    from dsgns.warmup import open_warm_engine

    resources = Resources(workers, memory_limit, shard_size)
    with (
        listening(quiet) as listener,
        open_warm_engine(resources, window=window, scheduler=scheduler, listener=listener) as engine,
    ):
        yield engine
