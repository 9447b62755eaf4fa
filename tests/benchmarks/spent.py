"""What a run takes: CPU seconds of every process, seconds on the wall, memory."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_LOOK_OFTEN = 0.05
_LOOK_SELDOM = 0.5


class Spent(NamedTuple):
    """What one run took.

    Parameters
    ----------
    cpu
        Seconds of all threads of all processes.
    wall
        Seconds.
    peak
        Bytes of resident memory, of all processes together.
    """

    cpu: float
    wall: float
    peak: int = 0

    def less(self, idle: Spent) -> Spent:
        """What remains of the seconds when those of ``idle`` do not count."""
        return Spent(self.cpu - idle.cpu, self.wall - idle.wall, self.peak)


class Clock:
    """Started when it is made; of this process and all below it."""

    def __init__(self) -> None:
        forget_peak()
        self._cpu, self._wall = tree_seconds(), time.perf_counter()

    def read(self) -> Spent:
        """What was spent since."""
        wall = time.perf_counter() - self._wall
        return Spent(tree_seconds() - self._cpu, wall, peak_bytes(psutil.Process()))


def tree_seconds() -> float:
    """CPU seconds so far of this process, of those it waited for, and of those that live below it."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() + ended.ru_utime + ended.ru_stime
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            # Of the dead below the living, too.
            seconds += sum(process.cpu_times()[:4])
    return seconds


def forget_peak() -> None:
    """Let this process's peak begin from what it holds now, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_bytes(process: psutil.Process) -> int:
    """The most resident memory that a process has had, or, where the system does not tell, has now."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) << 10
    except (OSError, IndexError):
        with suppress(psutil.Error):
            return process.memory_info().rss
        return 0


@contextmanager
def watched(pid: int, *, root: bool) -> Iterator[list[int]]:
    """The memory of the processes below one, and with ``root`` its own.

    A process's part is its own peak so far, so that only what a process does after the last look is missed. Those
    of a command end with it, and are looked at some twenty times a second; workers stay, and a look takes a core
    from them for as long as it lasts.
    """
    # Found before anybody waits for it: after that it may be gone.
    top, sizes, done = psutil.Process(pid), [0], threading.Event()

    def look() -> None:
        with suppress(psutil.NoSuchProcess):
            processes = [top] * root + top.children(recursive=True)
            sizes[0] = max(sizes[0], sum(map(peak_bytes, processes)))

    def watch() -> None:
        while not done.is_set():
            look()
            done.wait(_LOOK_OFTEN if root else _LOOK_SELDOM)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield sizes
    finally:
        done.set()
        watcher.join()
        look()
