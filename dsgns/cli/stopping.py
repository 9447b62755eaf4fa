"""Ctrl-C and SIGTERM: a stop that leaves a resumable workspace and says how to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """A signal asked the run to end. As a KeyboardInterrupt it passes every ``except Exception``."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Stopped(click.ClickException):
    """How the command line ends after a stop: a sentence, and the exit code shells expect."""

    def __init__(self, stop: KeyboardInterrupt) -> None:
        super().__init__("What is finished is kept: run the same command again to go on.")
        self.exit_code = 128 + getattr(stop, "number", signal.SIGINT)

    def show(self, file: object = None) -> None:
        """Print the sentence; a stop that was asked for is no error."""
        click.echo(f"Stopped. {self.message}", err=True)


@contextmanager
def stoppable() -> Iterator[None]:
    """Let the first signal unwind the run, closing what it opened; a second one ends the process at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    for known in _SIGNALS:
        signal.signal(known, signal.SIG_DFL)
    raise Interrupted(number)
