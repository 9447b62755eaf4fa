"""How a task says how far it has come, without knowing who listens.

A task calls :func:`advance`, and :func:`wrote` for blocks it writes on its way; outside a run that does nothing. The
engine installs a reporter and a keeper around the task while it runs on a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Reporter = Callable[[int], None]
Keeper = Callable[[Any], None]

_reporter: ContextVar[Reporter | None] = ContextVar("dsgns_reporter", default=None)
_keeper: ContextVar[Keeper | None] = ContextVar("dsgns_keeper", default=None)


def advance(units: int) -> None:
    """Say that ``units`` more units of this task (tokens, rows, non-zeros) are done."""
    reporter = _reporter.get()
    if reporter is not None:
        reporter(units)


def wrote(part: Any) -> None:
    """Say that a block is there that is one of several this task writes, by its manifest."""
    keeper = _keeper.get()
    if keeper is not None:
        keeper(part)


@contextmanager
def reporting(reporter: Reporter, keeper: Keeper | None = None) -> Iterator[None]:
    """Send what :func:`advance` is told inside the block to ``reporter``, and what :func:`wrote` is to ``keeper``."""
    tokens = _reporter.set(reporter), _keeper.set(keeper)
    try:
        yield
    finally:
        _reporter.reset(tokens[0])
        _keeper.reset(tokens[1])
