"""What a run writes down of itself in each workspace that it works in."""

from __future__ import annotations

from typing import Self

from dsgns.errors import RunStoppedError
from dsgns.store import Output
from dsgns.store.history import RunLog


class RunLogs:
    """The entries of one run; a context manager around it, which writes down how it ended."""

    def __init__(self) -> None:
        self._logs: dict[str, RunLog] = {}

    def begin(self, output: Output) -> RunLog:
        """The entry in the workspace of an output, made where there is none yet."""
        if output.url not in self._logs:
            self._logs[output.url] = RunLog(output.url)
        return self._logs[output.url]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        outcome, text = _ending(error)
        for log in self._logs.values():
            log.close(outcome, text)


def _ending(error: BaseException | None) -> tuple[str, str | None]:
    """How a run ended that ended in an error, and what is to be said of it."""
    if error is None:
        return "done", None
    if isinstance(error, RunStoppedError):
        return "stopped", error.reason
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "stopped", "by a signal"
    return "failed", f"{type(error).__name__}: {error}"
