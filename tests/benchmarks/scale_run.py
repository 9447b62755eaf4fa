"""One command run under the operating system's limit, weighed from outside."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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
        The workspace's size on disk at its largest (looked at twice a second) and at the end.
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
    with tempfile.TemporaryFile("w+") as said, _watched(workspace) as sizes:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True, preexec_fn=lambda: _confine(limit)
        )
        alarm = threading.Timer(seconds or 0.0, child.send_signal, (signal.SIGINT,))
        if seconds is not None:
            alarm.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        interrupted = alarm.finished.is_set() and seconds is not None
        alarm.cancel()
        said.seek(0)
        lines = said.read()
    if child.returncode and not interrupted:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{lines}")
    rates = _RATE.findall(lines)
    return Ran(
        wall,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss << 10,
        max(sizes),
        disk_bytes(workspace),
        interrupted,
        float(rates[-1][0]) * _UNITS[rates[-1][1]] if rates else 0.0,
    )


def disk_bytes(folder: Path) -> int:
    """Bytes that the files of a folder take on disk; those that vanish meanwhile count as gone."""
    total = 0
    for directory, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(directory, name)).st_blocks << 9
            except FileNotFoundError:
                continue
    return total


def _confine(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


@contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """The sizes of a folder, looked at twice a second."""
    sizes, done = [disk_bytes(folder)], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            sizes.append(disk_bytes(folder))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield sizes
    finally:
        done.set()
        watcher.join()
        sizes.append(disk_bytes(folder))
