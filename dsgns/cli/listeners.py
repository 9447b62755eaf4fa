"""Who prints progress: bars on a terminal, log lines elsewhere, nobody under ``--quiet``; all on stderr."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from dsgns.cli.figures import duration, short
from dsgns.cli.patience import SAY_AFTER, say
from dsgns.engine import Event, Listener, silent

SAY_EVERY = 10.0
"""Seconds between two lines about the same step."""

# Decoded text lies in the workspace from the vocabulary until the tokens are there.
_SCAFFOLDING = ("text",)

# Before this part is done, what one sees is kernels being compiled: no rate to go by.
_TELLING = 0.01


@contextmanager
def listening(quiet: bool) -> Iterator[Listener]:
    """The listener that suits where stderr goes."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with Bars() as bars:
            yield bars
    else:
        yield Lines()


@dataclass
class _Step:
    """A step under way: its first event, when that was, and when it was last spoken of, if ever."""

    first: Event
    began: float
    said: float | None = None


class Lines:
    """Plain lines: the begin and end of each step that takes a while, and now and then how far it is.

    Events come from the caller's thread and from the client's event loop; a timer says that a step began.
    """

    def __init__(self) -> None:
        self._steps: dict[str, _Step] = {}
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Print what is worth a line."""
        now = time.monotonic()
        with self._lock:
            if event.kind in ("reuse", "note"):
                if sentence := _sentence(event):
                    say(sentence)
            elif event.kind == "begin":
                self._steps[event.label] = step = _Step(event, now)
                timer = threading.Timer(SAY_AFTER, self.introduce, [step])
                timer.daemon = True
                timer.start()
            elif (known := self._steps.get(event.label)) is not None:
                self._go_on(event, known, now)

    def introduce(self, step: _Step) -> None:
        """Say that a step began, if it is still under way and nothing was said of it."""
        with self._lock:
            if step.said is None and self._steps.get(step.first.label) is step:
                step.said = time.monotonic()
                say(_began(step.first))

    def _go_on(self, event: Event, step: _Step, now: float) -> None:
        if event.kind == "end":
            del self._steps[event.label]
            if now - step.began >= SAY_AFTER:
                say(_finished(event, step, now))
        elif now - (step.began if step.said is None else step.said) >= SAY_EVERY:
            step.said = now
            say(f"{event.label}: {_how_far(event, event.done - step.first.done, now - step.began)}")


class Bars:
    """A bar with rate and time left for the step under way; a line for each one that took a while."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            _HowFar(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._steps: dict[str, tuple[TaskID, _Step]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Move the bar of the event's step."""
        with self._lock:
            if event.kind in ("reuse", "note"):
                if sentence := _sentence(event):
                    self._progress.console.print(sentence, highlight=False, markup=False)
            elif event.kind == "begin":
                self._begin(event)
            elif event.label in self._steps:
                bar, step = self._steps[event.label]
                self._progress.update(bar, completed=event.done)
                if event.kind == "end":
                    self._progress.remove_task(bar)
                    del self._steps[event.label]
                    self._leave_line(event, step)

    def _leave_line(self, event: Event, step: _Step) -> None:
        now = time.monotonic()
        if now - step.began >= SAY_AFTER:
            self._progress.console.print(_finished(event, step, now), highlight=False, markup=False)

    def _begin(self, event: Event) -> None:
        now = time.monotonic()
        if event.label in self._steps:
            self._progress.remove_task(self._steps[event.label][0])
        bar = self._progress.add_task(event.label, total=event.total or None, completed=event.done, unit=event.unit)
        self._steps[event.label] = (bar, _Step(event, now))


class _HowFar(ProgressColumn):
    """Units done of all, and how many a second."""

    def render(self, task: Task) -> Text:
        event = Event("advance", task.description, int(task.completed), int(task.total or 0), task.fields["unit"])
        share = f"{short(event.done)}/{short(event.total)}" if event.total else short(event.done)
        rate = f" {short(task.speed)}/s" if task.speed else ""
        return Text(f"{share} {event.unit}{rate}")


def _began(event: Event) -> str:
    resumed = f", {short(event.done)} of them there already" if event.done else ""
    return f"{event.label}: {short(event.total)} {event.unit}{resumed}"


def _how_far(event: Event, made: int, seconds: float) -> str:
    if not event.total:
        return f"{short(event.done)} {event.unit}"
    text = f"{100 * event.done // event.total} % ({short(event.done)} of {short(event.total)} {event.unit})"
    if made < _TELLING * event.total:
        return text
    left = duration((event.total - event.done) * seconds / made)
    return f"{text}, {short(made / seconds)}/s, {left} left"


def _finished(event: Event, step: _Step, now: float) -> str:
    made = event.done - step.first.done
    seconds = now - step.began
    rate = f", {short(made / seconds)}/s" if made and seconds and event.unit != "blocks" else ""
    return f"{event.label}: done in {duration(seconds)}{rate}"


def _sentence(event: Event) -> str:
    """What a note or reuse is worth saying; nothing of what stages keep for one another."""
    if event.kind == "reuse":
        return "" if event.label in _SCAFFOLDING else f"{event.label}: {event.text} is there already"
    return f"{event.label}: {event.text}"
