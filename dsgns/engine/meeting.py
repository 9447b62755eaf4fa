"""Asking every worker something at once: with a deadline, and with those that die over it left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from distributed import Client

from dsgns.engine.deadline import SCHEDULER_ANSWERS, asked, known_workers, within
from dsgns.errors import ClusterError
from dsgns.version import __version__

NO_WORKERS = 120.0
ANSWERS = 330.0
"""Seconds within which a worker must answer: Dask drops one that is silent after 300 (its ``worker-ttl``)."""

AGAIN = "What is finished is kept: run the same command again to go on."
_ATTEMPTS = 4
_LOOK = 2.0


def ask_workers(client: Client, function: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """What each worker that lives answers, by its address; at least one does.

    Parameters
    ----------
    function
        Run in each worker's own process.

    Raises
    ------
    ClusterError
        If there is no worker, one does not answer, lacks dsgns or a module that it needs, or the question itself fails
        there.
    """
    deadline = time.monotonic() + ANSWERS
    for _ in range(_ATTEMPTS):
        answers = _ask(client, deadline, function, *args)
        for address, answer in answers.items():
            if isinstance(answer, ModuleNotFoundError) and answer.name and answer.name.split(".")[0] != "dsgns":
                raise ClusterError(
                    f"Worker {address} has no module {answer.name}, which the client has ({answer}); install the same "
                    "packages where workers run."
                ) from answer
            if isinstance(answer, ModuleNotFoundError):
                raise ClusterError(
                    f"Worker {address} has no dsgns ({answer}); install dsgns {__version__} where workers run."
                ) from answer
            if isinstance(answer, Exception) and not isinstance(answer, OSError):
                raise ClusterError(
                    f"Worker {address} cannot answer ({type(answer).__name__}: {answer}); does it run dsgns "
                    f"{__version__}, and the client's versions of everything else?"
                ) from answer
        # An OSError, of which distributed's CommClosedError is one, is of a worker that died over the question.
        living = {address: answer for address, answer in answers.items() if not isinstance(answer, Exception)}
        if living:
            return living
    raise ClusterError("All workers die before any work, most likely for want of memory; give them more.")


def require_same(strange: Mapping[str, str]) -> None:
    """Fail where something is wrong with workers, by address; a few of them are named.

    Raises
    ------
    ClusterError
        If there is any.
    """
    if strange:
        several = [f"Worker {address} {wrong}" for address, wrong in sorted(strange.items())]
        more = f"\n... and {len(several) - 3} more workers." if len(several) > 3 else ""
        raise ClusterError("\n".join(several[:3]) + more)


def _ask(client: Client, deadline: float, function: Callable[..., Any], *args: Any) -> dict[str, Any]:
    _wait_for_one(client)
    try:
        while (answers := _answers(client, deadline, function, *args)) is None:
            pass
        return answers
    except TimeoutError as error:
        raise ClusterError(
            f"{_most_silent(client)} has not answered for {ANSWERS:.0f} s; is its host in order? {AGAIN}"
        ) from error
    except OSError as error:
        raise ClusterError(f"The scheduler was lost while workers were asked ({error}). {AGAIN}") from error


def _answers(client: Client, deadline: float, function: Callable[..., Any], *args: Any) -> dict[str, Any] | None:
    """What all workers answer; None where one of them has gone meanwhile, and those that are left are to be asked.

    The scheduler tries to reach a worker that died at the moment of the question for as long as it tries to connect,
    half a minute or more.

    Raises
    ------
    TimeoutError
        If there is no answer by the deadline.
    """
    there = known_workers(client).keys()
    answers = asked(client.run, function, *args, on_error="return")
    while True:
        left = deadline - time.monotonic()
        try:
            return answers.result(max(0.1, min(left, _LOOK)))
        except TimeoutError:
            if left <= _LOOK or answers.done():
                raise
        with suppress(OSError):  # a scheduler that is silent for a while
            if not there <= known_workers(client).keys():
                return None


def _wait_for_one(client: Client) -> None:
    try:
        within(NO_WORKERS + SCHEDULER_ANSWERS, client.wait_for_workers, 1, timeout=NO_WORKERS)
    except TimeoutError as error:
        address = client.scheduler.address
        if (silent := _most_silent(client)).endswith(address):
            raise ClusterError(f"{silent} has not answered for {NO_WORKERS:.0f} s. {AGAIN}") from error
        raise ClusterError(f"No worker joined {address} within {NO_WORKERS:.0f} s. {AGAIN}") from error


def _most_silent(client: Client) -> str:
    try:
        workers = known_workers(client)
    except OSError:
        return f"The scheduler {client.scheduler.address}"
    return "Worker " + min(workers, key=lambda address: float(workers[address]["last_seen"]), default="")
