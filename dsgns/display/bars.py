"""Progress on a terminal: a bar for the step under way."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID, TextColumn
from rich.text import Text

from dsgns.display import wording
from dsgns.display.figures import duration, short
from dsgns.display.saying import SAY_AFTER
from dsgns.engine import Event


class Bars:
    """A bar for the step under way, with rate, time, memory and loss; a line for each that took a while or goes on."""

    def __init__(self) -> None:
        bar = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=30)
        self._progress = _Progress(*bar, _HowFar(), _Time(), console=Console(stderr=True), transient=True)
        self._steps: dict[str, tuple[TaskID, Event, float]] = {}
        self._lock, self._dashboard = threading.Lock(), ""

    def __enter__(self) -> Bars:
        self._progress.start()
        # A print in another thread borrows them, and would end in freed memory when a stop puts the bars away.
        self._streams = sys.stdout, sys.stderr
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the bars away and give the cursor back."""
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Move the bar of the event's step."""
        with self._lock:
            if event.kind in ("reuse", "note"):
                self._print(wording.sentence(event))
            elif event.kind == "begin":
                self._begin(event)
            elif event.label in self._steps:
                bar, first, began = self._steps[event.label]
                self._dashboard = event.text or self._dashboard
                self._say_where(time.monotonic() - began if event.total else 0.0)
                self._progress.update(bar, completed=event.done, seen=wording.figures(event, chart=True))
                if event.kind == "end":
                    self._progress.remove_task(bar)
                    del self._steps[event.label]
                    self._leave_line(event, event.done - first.done, time.monotonic() - began)

    def _begin(self, event: Event) -> None:
        if event.label in self._steps:
            self._progress.remove_task(self._steps[event.label][0])
        bar = self._progress.add_task(
            event.label, total=event.total or None, completed=event.done, unit=event.unit, seen=[]
        )
        self._steps[event.label] = (bar, event, time.monotonic())
        if 0 < event.done < event.total:
            self._print(wording.began(event))

    def _say_where(self, seconds: float) -> None:
        """Tell the dashboard's address, once a step takes long enough to look at it."""
        if self._dashboard and seconds >= SAY_AFTER:
            self._print(f"dashboard: {self._dashboard}")
            self._dashboard = ""

    def _leave_line(self, event: Event, made: int, seconds: float) -> None:
        if event.total and seconds >= SAY_AFTER:
            self._print(wording.finished(event, made, seconds))

    def _print(self, line: str) -> None:
        if line:
            self._progress.console.print(line, highlight=False, markup=False)


class _HowFar(ProgressColumn):
    """Units done of all, and how many a second."""

    def render(self, task: Task) -> Text:
        if not task.total:
            return Text()
        rate = f" {short(task.speed)}/s" if task.speed and task.speed >= 1 else ""
        return Text(f"{short(task.completed)}/{short(task.total)} {task.fields['unit']}{rate}")


class _Time(ProgressColumn):
    """How long it has taken, and how long it may take yet."""

    def render(self, task: Task) -> Text:
        known = task.time_remaining and task.fields["unit"] not in wording.UNLIKE
        left = f", {duration(task.time_remaining or 0)} left" if known else ""
        return Text(f"{duration(task.elapsed or 0)}{left}", style="progress.elapsed")


class _Progress(Progress):
    """Bars, and below each what else there is to see: in a line of its own, for terminals of 80 columns."""

    def get_renderables(self) -> Iterator[RenderableType]:
        for task in self.tasks:
            yield self.make_tasks_table([task])
            if task.fields["seen"]:
                yield Text(f"  {', '.join(task.fields['seen'])}", style="dim", no_wrap=True, overflow="ellipsis")
