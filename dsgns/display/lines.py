"""Progress where stderr is no terminal: plain lines with the time of day."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from dsgns.display import wording
from dsgns.display.saying import SAY_AFTER, say
from dsgns.engine import Event

SAY_EVERY = 10.0
"""Seconds between two lines about the same step."""

_TICK = 0.5


@dataclass
class _Step:
    """A step under way: its first event and its last, when it began, and when it was last spoken of, if ever."""

    first: Event
    latest: Event
    began: float
    said: float | None = None


class Lines:
    """Plain lines: the begin and end of each step that takes a while, and now and then how far it is.

    Events come from the caller's thread and from the client's event loop. A clock of its own says where a step
    stands, so that one of which nothing is heard for long is spoken of as well.
    """

    def __init__(self) -> None:
        self._steps: dict[str, _Step] = {}
        self._lock, self._dashboard = threading.Lock(), ""
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._run, daemon=True, name="dsgns-lines")

    def __enter__(self) -> Lines:
        self._clock.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
        self._clock.join()

    def close(self) -> None:
        """Say no more of steps under way."""
        self._over.set()

    def __call__(self, event: Event) -> None:
        """Keep in mind what happened, and print what cannot wait for the clock."""
        now = time.monotonic()
        with self._lock:
            if event.kind in ("reuse", "note"):
                if sentence := wording.sentence(event):
                    say(sentence)
            elif event.kind == "begin":
                self._steps[event.label] = _Step(event, event, now)
            elif (step := self._steps.get(event.label)) is not None:
                step.latest = event
                self._dashboard = event.text or self._dashboard
                if event.kind == "end":
                    self._end(step, now)

    def tick(self) -> None:
        """Speak of the steps whose time it is."""
        now = time.monotonic()
        with self._lock:
            for step in self._steps.values():
                since = now - (step.began if step.said is None else step.said)
                if step.said is None and since >= SAY_AFTER:
                    step.said = now
                    self._say_where()
                    say(wording.began(step.first))
                elif step.said is not None and since >= SAY_EVERY:
                    step.said = now
                    say(wording.how_far(step.latest, step.latest.done - step.first.done, now - step.began))

    def _say_where(self) -> None:
        """Tell the dashboard's address, once there is something to see."""
        if self._dashboard:
            say(f"dashboard: {self._dashboard}")
            self._dashboard = ""

    def _end(self, step: _Step, now: float) -> None:
        event = step.latest
        del self._steps[event.label]
        if event.total and now - step.began >= SAY_AFTER:
            say(wording.finished(event, event.done - step.first.done, now - step.began))

    def _run(self) -> None:
        while not self._over.wait(_TICK):
            self.tick()
