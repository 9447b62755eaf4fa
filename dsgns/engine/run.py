"""Many tasks at once: a bounded number in flight, a deadline on every wait, errors that name the block."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError
from typing import Any

from distributed import Client, Future, KilledWorker, wait

from dsgns.engine.deadline import known_workers, within
from dsgns.engine.meeting import AGAIN, ANSWERS, NO_WORKERS
from dsgns.engine.waking import wake
from dsgns.errors import (
    ClusterError,
    CorpusError,
    DsgnsError,
    EncodingError,
    RecordError,
    TaskFailedError,
    TokenizerError,
    WorkerKilledError,
)

SCHEDULER_LOST = 45.0
_POLL = 5.0
_OF_ALL_TEXT = (EncodingError, RecordError, TokenizerError)
"""What the options ask to stop at, and what would be wrong with other text as well."""


def run_bounded(
    client: Client,
    label: str,
    function: Callable[..., Any],
    items: Mapping[str, tuple[Any, ...]],
    in_flight: int,
    lost: dict[str, str] | None = None,
) -> Iterator[tuple[str, Any]]:
    """Results of ``function(*args)`` for each named item, as they come.

    Parameters
    ----------
    in_flight
        How many tasks are known to the scheduler at a time, so that a run over a hundred thousand blocks costs it no
        more than one over a hundred.
    lost
        Where it is given, items whose text cannot be read, or that no worker survives, are no errors: what is wrong
        with them is put here by name.

    Raises
    ------
    ClusterError
        If the scheduler is lost or no worker is left.
    TaskFailedError
        If a task failed; an error of ours is raised as it is.
    WorkerKilledError
        If a worker died each time it worked on some of them; all the others are done by then.
    """
    killed = yield from _run(client, label, function, items, in_flight, lost)
    if len(items) > 1:
        # A worker takes all its tasks with it: whose fault it was shows where nothing else is under way.
        suspects, killed = sorted(killed), []
        for name in suspects:
            killed += yield from _run(client, label, function, {name: items[name]}, 1, lost)
    if killed and lost is None:
        raise WorkerKilledError(label, killed)
    elif killed and lost is not None:
        lost |= dict.fromkeys(killed, "workers die of it, most likely for want of memory")


def _run(
    client: Client,
    label: str,
    function: Callable[..., Any],
    items: Mapping[str, tuple[Any, ...]],
    in_flight: int,
    lost: dict[str, str] | None,
) -> Generator[tuple[str, Any], None, list[str]]:
    """Results as they come, and in the end the names of items whose workers died each time."""
    waiting = iter(items.items())
    futures: dict[Future, str] = {}
    killed: list[str] = []
    try:
        while True:
            while len(futures) < in_flight and (item := next(waiting, None)) is not None:
                futures[submit(client, label, item[0], function, *item[1])] = item[0]
            if not futures:
                return killed
            for future in wait_some(client, list(futures), f"{label} ({len(futures)} blocks under way)"):
                name = futures.pop(future)
                try:
                    result = result_of(future, label, name)
                except WorkerKilledError:
                    killed.append(name)
                except CorpusError as error:
                    if lost is None or isinstance(error, _OF_ALL_TEXT):
                        raise
                    lost[name] = str(error)
                else:
                    yield name, result
    finally:
        if futures:
            client.cancel(list(futures), force=True)


def submit(
    client: Client, label: str, name: str, function: Callable[..., Any], *args: Any, near: str | None = None
) -> Future:
    """Send one task; its key begins with the stage, so that Dask's dashboard speaks our language.

    It runs at the address ``near``, or on any other worker where that one is gone.
    """
    key = f"{prefix_of(label)}{uuid.uuid4().hex}-{name}"
    # What is sent first is to be run first; by default all that is sent within a tenth of a second is equal.
    placed = {"workers": near, "allow_other_workers": near is not None, "fifo_timeout": "0s"}
    return client.submit(function, *args, key=key, pure=False, **placed)


def prefix_of(label: str) -> str:
    """What the keys of a step's tasks begin with: its words, up to which the dashboard takes tasks together."""
    return "-".join(re.findall("[^\\W_]+", label)) + "-"


def wait_some(client: Client, futures: list[Future], what: str) -> set[Future]:
    """The futures that are done, at least one of them.

    Raises
    ------
    ClusterError
        If the scheduler is lost or silent, or no worker has been there for two minutes.
    """
    healthy = time.monotonic()
    while True:
        try:
            with client.as_current():
                return wait(futures, timeout=_POLL, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            pass
        except CancelledError as error:
            raise ClusterError(f"The scheduler was lost while waiting for {what}. {AGAIN}") from error
        state = _state(client)
        now = time.monotonic()
        if state == "running":
            healthy = now
            wake(client)
        elif now - healthy > (NO_WORKERS if state == "no workers" else SCHEDULER_LOST):
            raise ClusterError(f"Gave up after {now - healthy:.0f} s of {state} while waiting for {what}. {AGAIN}")


def wait_all(client: Client, futures: list[Future], what: str) -> list[Any]:
    """Every future's result, in order."""
    pending = set(futures)
    while pending:
        for future in wait_some(client, list(pending), what):
            pending.discard(future)
            if future.status != "finished":
                result_of(future, what, future.key)
    try:
        return within(ANSWERS, client.gather, futures)
    except (OSError, CancelledError) as error:
        raise ClusterError(f"The results of {what} were lost with their worker or scheduler. {AGAIN}") from error


def _state(client: Client) -> str:
    if client.status != "running" or client.scheduler is None:
        return "no scheduler"
    try:
        return "running" if known_workers(client, most=1) else "no workers"
    except OSError:
        return "no scheduler"


def result_of(future: Future, label: str, name: str) -> Any:
    """A finished future's result, or an error that a person can act on."""
    if future.status == "cancelled":
        raise ClusterError(f"{label} was cancelled at {name}: the scheduler was lost or the run stopped. {AGAIN}")
    try:
        return _fetched(future)
    except DsgnsError:
        raise
    except KilledWorker as error:
        raise WorkerKilledError(label, [name]) from error
    except (TimeoutError, CancelledError) as error:
        raise ClusterError(f"{label}: the result of {name} could not be fetched ({error}). {AGAIN}") from error
    except Exception as error:
        raise TaskFailedError(f"{label} failed at {name}: {type(error).__name__}: {error}. {AGAIN}") from error


def _fetched(future: Future) -> Any:
    """A finished future's result, fetched from where it lies.

    A worker that stands still keeps it until the scheduler takes the worker for dead, and has another one make it.
    """
    deadline = time.monotonic() + ANSWERS
    while True:
        try:
            return future.result(timeout=SCHEDULER_LOST)
        except TimeoutError:
            gone = time.monotonic() > deadline or _state(future.client) == "no scheduler"
            if gone or future.status == "error":  # one that the task itself ended in
                raise
