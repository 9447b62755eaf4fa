"""An engine as a call in Python describes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dsgns.display.showing import showing
from dsgns.engine import Callback, Client, Engine, Listener, require_importable_script, starts_workers
from dsgns.parameters import Resources
from dsgns.sizes import parse_bytes
from dsgns.warmup import open_warm_engine

SESSION = frozenset(
    {"scheduler", "certificates", "workers", "memory_limit", "shard_size", "listener", "callbacks", "progress"}
)
"""What a call may say of how it is run, besides the client."""


def resources_of(workers: int | None, memory_limit: int | str | None, shard_size: int | str) -> Resources:
    """The record of what workers may take; sizes as bytes or strings such as ``"2 GiB"``.

    Examples
    --------
    >>> resources_of(2, "1 GiB", "64 MiB")
    Resources(workers=2, memory_limit=1073741824, shard_size=67108864)
    """
    return Resources(workers, None if memory_limit is None else parse_bytes(memory_limit), parse_bytes(shard_size))


@contextmanager
def session(
    *,
    window: int | None = None,
    client: Client | None = None,
    scheduler: str | None = None,
    certificates: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    memory_limit: int | str | None = None,
    shard_size: int | str = Resources.shard_size,
    listener: Listener | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> Iterator[Engine]:
    """The engine that stages run on; what is opened here is closed at the end.

    Raises
    ------
    ClusterError
        If there is nothing to run on.
    """
    if starts_workers(client, scheduler):
        require_importable_script()
    resources = resources_of(workers, memory_limit, shard_size)
    with (
        showing(progress, listener) as shown,
        open_warm_engine(
            resources,
            window=window,
            client=client,
            scheduler=scheduler,
            certificates=None if certificates is None else os.fspath(certificates),
            listener=shown,
            callbacks=callbacks,
        ) as engine,
    ):
        yield engine
