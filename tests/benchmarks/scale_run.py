"""One command run under the operating system's limit, weighed from outside."""

from __future__ import annotations

import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.scale_weights import disk_bytes, weighed

_RATE = re.compile(r"([\d.]+)([kMG]?)/s")
_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}


@dataclass(frozen=True)
class Ran:
    """What a command took.

    Parameters
    ----------
    wall, cpu
        Seconds; CPU of the command and of every process below it.
    peak_bytes
        Resident memory of its largest process.
    disk_peak_bytes, disk_bytes
        The workspace's size on disk at its largest (looked at every quarter of a second) and at the end.
    interrupted
        Whether it was told to stop when its time was up.
    rate
        Units a second, as its last line of progress has it; 0 where it told none.
    """

    wall: float
    cpu: float
    peak_bytes: int
    disk_peak_bytes: int
    disk_bytes: int
    interrupted: bool
    rate: float

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        return asdict(self)


def run(command: list[str], workspace: Path, limit: int, seconds: float | None = None) -> Ran:
    """Run a command, none of whose processes may hold more than ``limit`` bytes of data.

    Parameters
    ----------
    command
        Started without a shell; its progress is kept, its output thrown away.
    workspace
        The folder that it writes, whose size is watched.
    limit
        RLIMIT_DATA of each process.
    seconds
        Interrupt it (SIGINT) after as long; None for never.

    Raises
    ------
    SystemExit
        If it failed, with what it said.
    """
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True, preexec_fn=lambda: _confine(limit)
        )
        with weighed(child.pid, workspace) as weights:
            began = time.perf_counter()
            alarm = threading.Timer(seconds or 0.0, child.send_signal, (signal.SIGINT,))
            if seconds is not None:
                alarm.start()
            child.wait()
            wall = time.perf_counter() - began
        interrupted = seconds is not None and alarm.finished.is_set()
        alarm.cancel()
        said.seek(0)
        lines = said.read()
    if child.returncode and not interrupted:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{lines}")
    rates = _RATE.findall(lines)
    return Ran(
        wall,
        weights.cpu,
        weights.peak_bytes,
        max(weights.disk_peak_bytes, disk_bytes(workspace)),
        disk_bytes(workspace),
        interrupted,
        float(rates[-1][0]) * _UNITS[rates[-1][1]] if rates else 0.0,
    )


def _confine(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # What a shell started in the background ignores it, and so would the child.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
