"""What a tree of processes and a folder weigh, looked at while they grow."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.benchmarks.spent import peak_bytes

_OFTEN = 0.25


class Weights:
    """The heaviest that was seen of a process with all below it, and of a folder.

    Parameters
    ----------
    pid
        The process.
    folder
        The folder; there need not be one yet.
    """

    def __init__(self, pid: int, folder: Path) -> None:
        self._top, self._folder = psutil.Process(pid), folder
        self._seconds: dict[int, float] = {}
        self.peak_bytes = self.disk_peak_bytes = 0

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes that were seen, each as it stood when it was seen last."""
        return sum(self._seconds.values())

    def look(self) -> None:
        """Weigh everything once."""
        with suppress(psutil.NoSuchProcess):
            for process in [self._top, *self._top.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    self._seconds[process.pid] = sum(process.cpu_times()[:2])
                    self.peak_bytes = max(self.peak_bytes, peak_bytes(process))
        self.disk_peak_bytes = max(self.disk_peak_bytes, disk_bytes(self._folder))


@contextmanager
def weighed(pid: int, folder: Path) -> Iterator[Weights]:
    """Weigh a process and a folder every quarter of a second.

    A process is missed only in its last quarter of a second: its peak is its own record of it.
    """
    weights, done = Weights(pid, folder), threading.Event()

    def watch() -> None:
        while not done.wait(_OFTEN):
            weights.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield weights
    finally:
        done.set()
        watcher.join()


def disk_bytes(folder: Path) -> int:
    """Bytes that the files of a folder take on disk; those that vanish meanwhile count as gone."""
    total = 0
    for directory, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(directory, name)).st_blocks << 9
    return total
