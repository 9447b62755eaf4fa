"""An engine as the run options describe it, with somebody listening."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dsgns.parameters import Resources

if TYPE_CHECKING:
    from dsgns.engine import Callback, Engine


def stopping(patience: int | None) -> list[Callback]:
    """What stops skip-gram when the loss has not fallen for so many epochs, if that is asked for."""
    from dsgns.callbacks import EarlyStopping

    return [EarlyStopping(patience)] if patience is not None else []


@contextmanager
def session(
    quiet: bool,
    window: int | None = None,
    *,
    scheduler: str | None,
    certificates: str | None,
    workers: int | None,
    memory_limit: int | None,
    shard_size: int,
    time_limit: str | None = None,
    until: int | None = None,
    early_stopping: int | None = None,
    performance_report: str | None = None,
) -> Iterator[Engine]:
    """The engine that a command's stages run on, closed at the end; ``window`` is the one counted with, if given.

    Raises
    ------
    ClusterError
        If there is nothing to run on.
    ParameterError
        If a resource is out of its range.
    """
    from dsgns.callbacks import TimeLimit, Until
    from dsgns.cli.listeners import listening
    from dsgns.engine.report import performance_report as reporting
    from dsgns.warmup import open_warm_engine

    resources = Resources(workers, memory_limit, shard_size)
    callbacks: list[Callback] = [TimeLimit(time_limit)] if time_limit is not None else []
    callbacks += [Until(until)] if until is not None else []
    callbacks += stopping(early_stopping)
    with (
        listening(quiet) as listener,
        open_warm_engine(
            resources,
            window=window,
            scheduler=scheduler,
            certificates=certificates,
            listener=listener,
            callbacks=callbacks,
        ) as engine,
        reporting(engine.client, performance_report),
    ):
        yield engine
