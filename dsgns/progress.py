"""How a task says how far it has come, without knowing who listens.

A task calls :func:`advance`; outside a run that does nothing. The engine installs a reporter around
the task while it runs on a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Reporter = Callable[[int], None]

_reporter: ContextVar[Reporter | None] = ContextVar("dsgns_reporter", default=None)


def advance(units: int) -> None:
    """Say that ``units`` more units of this task (tokens, rows, non-zeros) are done."""
    reporter = _reporter.get()
    if reporter is not None:
        reporter(units)


@contextmanager
def reporting(reporter: Reporter) -> Iterator[None]:
    """Send what :func:`advance` is told inside the block to ``reporter``."""
    token = _reporter.set(reporter)
    try:
        yield
    finally:
        _reporter.reset(token)
