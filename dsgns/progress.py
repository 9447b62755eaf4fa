"""How a task says how far it has come, without knowing who listens.

A task calls :func:`advance`, and :func:`measured` for blocks it writes on its way; outside a run that does nothing. The
engine installs a reporter and a meter around the task while it runs on a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Reporter = Callable[[int], None]
Meter = Callable[[Any], Any]

_reporter: ContextVar[Reporter | None] = ContextVar("dsgns_reporter", default=None)
_meter: ContextVar[Meter | None] = ContextVar("dsgns_meter", default=None)


def advance(units: int) -> None:
    """Say that ``units`` more units of this task (tokens, rows, non-zeros) are done."""
    reporter = _reporter.get()
    if reporter is not None:
        reporter(units)


def measured(part: Any) -> Any:
    """The manifest of one of several blocks that this task writes, with what that took."""
    meter = _meter.get()
    return part if meter is None else meter(part)


@contextmanager
def reporting(reporter: Reporter, meter: Meter | None = None) -> Iterator[None]:
    """Send what :func:`advance` is told inside the block to ``reporter``; ``meter`` does what :func:`measured` says."""
    tokens = _reporter.set(reporter), _meter.set(meter)
    try:
        yield
    finally:
        _reporter.reset(tokens[0])
        _meter.reset(tokens[1])
