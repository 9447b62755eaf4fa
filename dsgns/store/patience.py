"""Waiting for a remote store that is busy: the same request again after longer and longer, and an error in the end."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from dsgns.errors import WorkspaceError

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds for which a request is repeated. What the store's own client repeats before it says so comes on top."""

FIRST_CONTACT = 10.0
"""The same where it is to be found out whether the address is right."""

FIRST, LONGEST = 0.2, 8.0
"""Seconds between two requests: doubled each time, and drawn between half of that and all, so that workers which a
store has slowed down together do not come back together."""

_CERTAIN = (
    *(FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError),
    WorkspaceError,
)
_CERTAIN_NUMBERS = (errno.EINVAL, errno.EPERM, errno.ENOSYS, errno.ENOSPC, errno.EDQUOT, errno.EROFS)
# Errors of connections as botocore and aiohttp call them, which are no OSErrors.
_PASSING_NAMES = {"HTTPClientError", "ClientError", "ConnectionError", "IncompleteRead", "ResponseParserError"}


def passes(error: Exception) -> bool:
    """Whether the same request may well succeed in a while: too many at once, a server's own error, a lost connection.

    Examples
    --------
    >>> passes(OSError(errno.EBUSY, "Please reduce your request rate.")), passes(FileNotFoundError("no such key"))
    (True, False)
    """
    if isinstance(error, _CERTAIN):
        return False
    if isinstance(error, OSError):
        return error.errno not in _CERTAIN_NUMBERS
    return any(kind.__name__ in _PASSING_NAMES for kind in type(error).__mro__)


_seconds: ContextVar[float | None] = ContextVar("seconds", default=None)


@contextmanager
def impatient() -> Iterator[None]:
    """Repeat requests made in the block for a few seconds only."""
    before = _seconds.set(FIRST_CONTACT)
    try:
        yield
    finally:
        _seconds.reset(before)


def patiently(url: str, request: Callable[[], T]) -> T:
    """What a request to a remote store returns, which can be repeated; trouble that passes is waited out.

    Raises
    ------
    WorkspaceError
        If it has not passed after a minute.
    """
    limit = _seconds.get() or PATIENCE
    began, pause, tries = time.monotonic(), FIRST, 0
    while True:
        try:
            tries += 1
            return request()
        except Exception as error:
            if not passes(error):
                raise
            if (passed := time.monotonic() - began) + pause > limit:
                raise unreachable(url, tries, passed, error) from error
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, LONGEST)


def unreachable(url: str, tries: int, seconds: float, error: Exception) -> WorkspaceError:
    """What to say of a store that was asked again and again."""
    return WorkspaceError(
        f"{url} did not answer {tries} times within {seconds:.0f} s (the last time: {type(error).__name__}: {error}). "
        "Is the address right? What is finished is kept: run the same command again when the store is well, with fewer "
        "workers if they are too much for it."
    )
