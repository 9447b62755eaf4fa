"""Ctrl-C and SIGTERM: a stop that leaves a resumable workspace and says how to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, NoReturn

import click

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(click.ClickException):
    """How the command line ends after Ctrl-C: a sentence, and the exit code that shells expect."""

    exit_code = 128 + signal.SIGINT

    def __init__(self) -> None:
        super().__init__("What is finished is kept: run the same command again to go on.")

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence; a stop that was asked for is no error."""
        click.echo(f"Stopped. {self.message}", err=True)


class Terminated(Stopped):
    """The same after SIGTERM."""

    exit_code = 128 + signal.SIGTERM


@contextmanager
def stoppable() -> Iterator[None]:
    """Let the first signal unwind the run, closing what it opened; a second one ends the process at once.

    Raises
    ------
    Stopped, Terminated
        After a signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    except KeyboardInterrupt as stop:
        raise (Terminated if stop.args == (signal.SIGTERM,) else Stopped)() from stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    for known in _SIGNALS:
        signal.signal(known, signal.SIG_DFL)
    # As a KeyboardInterrupt it passes every `except Exception` on its way.
    raise KeyboardInterrupt(number)
