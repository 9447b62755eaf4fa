"""Calls that may wait for ever for a process that is stopped, given up in time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from distributed import Client

T = TypeVar("T")

SCHEDULER_ANSWERS = 20.0
"""Seconds within which a scheduler must say who its workers are."""


def within(seconds: float, function: Callable[..., T], *args: Any, **named: Any) -> T:
    """What ``function`` returns, or raises, within some seconds; it waits in a thread of its own, which stays behind.

    Raises
    ------
    TimeoutError
        If there is no answer by then.

    Examples
    --------
    >>> within(10, max, 2, 3)
    3
    """
    return asked(function, *args, **named).result(max(0.1, seconds))


def asked(function: Callable[..., T], *args: Any, **named: Any) -> Future[T]:
    """What ``function`` is going to return, or raise, in a thread of its own."""
    answer: Future[T] = Future()

    def ask() -> None:
        try:
            answer.set_result(function(*args, **named))
        except BaseException as error:  # asyncio's CancelledError is no Exception
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True, name="dsgns-ask").start()
    return answer


def known_workers(client: Client, most: int = -1) -> dict[str, Any]:
    """What the scheduler knows of its workers, by address; of ``most`` of them.

    Raises
    ------
    OSError
        If it does not say; TimeoutError is one.
    """

    async def ask() -> dict[str, Any]:
        # Not what scheduler_info() returns: every two seconds the client has it say that there are none.
        return dict((await client.scheduler.identity(n_workers=most))["workers"])

    return within(SCHEDULER_ANSWERS, client.sync, ask)
