"""Many tasks at once: a bounded number in flight, a deadline on every wait, errors that name the block."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from distributed import Client, Future, KilledWorker, wait
from distributed.client import FutureCancelledError

from dsgns.engine.meeting import NO_WORKERS
from dsgns.errors import ClusterError, DsgnsError, TaskFailedError

SCHEDULER_LOST = 45.0
_POLL = 5.0


def run_bounded(
    client: Client, label: str, function: Callable[..., Any], items: Mapping[str, tuple[Any, ...]], in_flight: int
) -> Iterator[tuple[str, Any]]:
    """Results of ``function(*args)`` for each named item, as they come.

    Only ``in_flight`` tasks are known to the scheduler at a time, so that a run over a hundred thousand
    blocks costs it no more than one over a hundred.

    Raises
    ------
    ClusterError
        If the scheduler is lost or no worker is left.
    TaskFailedError
        If a task failed; an error of ours is raised as it is.
    """
    waiting = iter(items.items())
    futures: dict[Future, str] = {}
    try:
        while True:
            while len(futures) < in_flight and (item := next(waiting, None)) is not None:
                futures[submit(client, label, item[0], function, *item[1])] = item[0]
            if not futures:
                return
            for future in wait_some(client, list(futures), f"{label} ({len(futures)} blocks under way)"):
                name = futures.pop(future)
                yield name, result_of(future, label, name)
    finally:
        if futures:
            client.cancel(list(futures), force=True)


def submit(
    client: Client, label: str, name: str, function: Callable[..., Any], *args: Any, near: str | None = None
) -> Future:
    """Send one task; its key begins with the stage, so that Dask's dashboard speaks our language.

    It runs at the address ``near``, or on any other worker where that one is gone.
    """
    prefix = "".join(letter if letter.isalnum() else "-" for letter in label).strip("-")
    key = f"{prefix}-{uuid.uuid4().hex}-{name}"
    # What is sent first is to be run first; by default all that is sent within a tenth of a second is equal.
    placed = {"workers": near, "allow_other_workers": near is not None, "fifo_timeout": "0s"}
    return client.submit(function, *args, key=key, pure=False, **placed)


def wait_some(client: Client, futures: list[Future], what: str) -> set[Future]:
    """The futures that are done, at least one of them.

    Raises
    ------
    ClusterError
        If the scheduler is lost, or no worker has been there for two minutes.
    """
    healthy = time.monotonic()
    while True:
        try:
            with client.as_current():
                return wait(futures, timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            pass
        except FutureCancelledError as error:
            raise ClusterError(f"The scheduler was lost while waiting for {what}. {_AGAIN}") from error
        state = _state(client)
        now = time.monotonic()
        if state == "running":
            healthy = now
        elif now - healthy > (NO_WORKERS if state == "no workers" else SCHEDULER_LOST):
            raise ClusterError(f"Gave up after {now - healthy:.0f} s of {state} while waiting for {what}. {_AGAIN}")


def wait_all(client: Client, futures: list[Future], what: str) -> list[Any]:
    """Every future's result, in order."""
    pending = set(futures)
    while pending:
        for future in wait_some(client, list(pending), what):
            pending.discard(future)
            if future.status != "finished":
                result_of(future, what, future.key)
    try:
        return client.gather(futures)
    except (OSError, FutureCancelledError) as error:
        raise ClusterError(f"The results of {what} were lost with their worker or scheduler. {_AGAIN}") from error


_AGAIN = "What is finished is kept: run the same command again to go on."


def _state(client: Client) -> str:
    if client.status != "running" or client.scheduler is None:
        return "no scheduler"
    return "running" if client.scheduler_info(n_workers=1)["workers"] else "no workers"


def result_of(future: Future, label: str, name: str) -> Any:
    """A finished future's result, or an error that a person can act on."""
    if future.status == "cancelled":
        raise ClusterError(f"{label} was cancelled at {name}: the scheduler was lost or the run stopped. {_AGAIN}")
    try:
        return future.result(timeout=SCHEDULER_LOST)
    except DsgnsError:
        raise
    except KilledWorker as error:
        raise TaskFailedError(
            f"{label}: the worker died each time it worked on {name}, most likely for want of memory. Give workers "
            f"more with --memory-limit, or smaller pieces with --shard-size. {_AGAIN}"
        ) from error
    except (TimeoutError, FutureCancelledError) as error:
        raise ClusterError(f"{label}: the result of {name} could not be fetched ({error}). {_AGAIN}") from error
    except Exception as error:
        raise TaskFailedError(f"{label} failed at {name}: {type(error).__name__}: {error}. {_AGAIN}") from error
