"""Processes of a test's own: started in groups, waited for with a deadline, ended by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def wait_until(what: str, condition: Callable[[], T], seconds: float = 120.0, pause: float = 0.02) -> T:
    """What a condition comes to once that is true; an error that says what was waited for if it never is."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(pause)
    return found


@contextmanager
def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a session of its own, its output in ``log``; it and its children are ended with the block."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
    try:
        yield process
    finally:
        end_group(process.pid)
        process.wait()


def end_group(group: int) -> None:
    """End all processes of a group at once."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
