"""Ctrl-C and SIGTERM: a stop that leaves a resumable workspace and says how to go on; a second one stops at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, NoReturn

import click

STOPPED = "Stopped."
GO_ON = f"{STOPPED} The same command goes on from here."
_AGAIN = {signal.SIGINT: "Ctrl-C again", signal.SIGTERM: "another SIGTERM"}
_SIGNALS = tuple(_AGAIN)
# Our own, to the main thread: no person sends it, and it does nothing where nobody listens.
_REMINDER = signal.SIGURG
_BEGIN_LINE, _SHOW_CURSOR = "\r\x1b[K", "\x1b[?25h"

_ECHO = 0.1
"""Seconds in which a signal that was held back is taken up."""

# What puts away the bars or timers that would write between the last lines.
_displays: list[Callable[[], None]] = []


class Stopped(click.ClickException):
    """How the command line ends after Ctrl-C: a sentence, and the exit code that shells expect."""

    exit_code = 128 + signal.SIGINT

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence; a stop that was asked for is no error."""
        click.echo(self.message, err=True)


class Terminated(Stopped):
    """The same after SIGTERM."""

    exit_code = 128 + signal.SIGTERM


@contextmanager
def displaying(put_away: Callable[[], None]) -> Iterator[None]:
    """Have a display put away as soon as a stop is asked for."""
    _displays.append(put_away)
    try:
        yield
    finally:
        _displays.remove(put_away)


@contextmanager
def stoppable(sentence: Callable[[], str] = lambda: GO_ON) -> Iterator[None]:
    """Let the first signal unwind the run, closing what it opened; a second one ends the process at once.

    After a stop there is only the process's end to come: a further signal hastens it, without a word.

    Parameters
    ----------
    sentence
        What is said in the end; asked for when a stop is.

    Raises
    ------
    Stopped, Terminated
        After a signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    with _Watch(sentence) as watch:
        try:
            yield
        except BaseException as error:
            # Whatever a stop made of itself on its way out, it is what was asked for.
            if watch.asked is None and not isinstance(error, KeyboardInterrupt):
                raise
            watch.told.wait(1)
            before = dict.fromkeys(_SIGNALS, _leave) if watch.asked else before
            raise (Terminated if watch.asked == signal.SIGTERM else Stopped)(sentence()) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Watch:
    """Hears signals in a thread of its own: the main one hears none while it loads a library or waits for a lock."""

    def __init__(self, sentence: Callable[[], str]) -> None:
        self._sentence = sentence
        self.asked: int | None = None
        self.told = threading.Event()
        self._held, self._unwinding = False, threading.Event()
        self._insisting = False
        self._thread = threading.Thread(target=self._listen, daemon=True, name="dsgns-stop")

    def __enter__(self) -> _Watch:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._thread.start()
        for number in _SIGNALS:
            signal.signal(number, self._unwind)
        self._reminding = signal.signal(_REMINDER, self._remind)
        return self

    def __exit__(self, *exception: object) -> None:
        self._unwinding.set()
        signal.signal(_REMINDER, self._reminding)
        signal.set_wakeup_fd(self._before)
        os.close(self._write)
        self._thread.join()
        os.close(self._read)

    def _unwind(self, number: int, frame: FrameType | None) -> None:
        """The main thread's part: end what is under way."""
        if self._unwinding.is_set():
            return
        self.asked = self.asked or number
        if signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
            # Held back here, and let in by another thread: it comes again when this one lets it in.
            self._held = True
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            return
        if _swallowing(frame):
            if not self._insisting:
                self._insisting = True
                threading.Thread(target=self._insist, args=(threading.get_ident(),), daemon=True).start()
            return
        self._unwinding.set()
        # As a KeyboardInterrupt it passes every `except Exception` on its way.
        raise KeyboardInterrupt(self.asked)

    def _remind(self, number: int, frame: FrameType | None) -> None:
        """The main thread's part again."""
        if self.asked is not None:
            self._unwind(self.asked, frame)

    def _insist(self, main: int) -> None:
        """Send a signal until it is taken up: one that comes just before the main thread waits wakes nobody."""
        while not self._unwinding.wait(_ECHO / 10):
            signal.pthread_kill(main, _REMINDER)

    def _listen(self) -> None:
        while heard := os.read(self._read, 1):
            number = heard[0]
            if number not in _SIGNALS:
                continue
            if not self.told.is_set():
                self._tell(number)
            elif self._held and self._unwinding.wait(_ECHO):
                self._held = False
            else:
                _write(self._sentence())
                os._exit(128 + number)

    def _tell(self, number: int) -> None:
        for put_away in list(_displays):
            with suppress(Exception):
                put_away()
        _write(f"Stopping: what is under way is closed; {_AGAIN[signal.Signals(number)]} stops at once.")
        self.told.set()


def _write(line: str) -> None:
    """Print a line past all buffers and locks, from a thread that may interrupt anything."""
    terminal = sys.__stderr__ is not None and sys.__stderr__.isatty()
    with suppress(OSError):
        os.write(2, f"{_BEGIN_LINE + _SHOW_CURSOR if terminal else ''}{line}\n".encode())


def _swallowing(frame: FrameType | None) -> bool:
    """Whether Python would print what is raised here and go on: Dask has the garbage collector call it back."""
    while frame is not None:
        if frame.f_code.co_name in ("_gc_callback", "__del__"):
            return True
        frame = frame.f_back
    return False


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(128 + number)
