"""What runs on the workers around a task: its clock, its memory, its voice."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import platform
import time
from collections.abc import Callable
from typing import Any

import psutil
from distributed import Worker, get_worker

from dsgns.compile import start_compiler
from dsgns.engine.cluster import HEAP, OURS
from dsgns.engine.gauges import GAUGES, METRICS
from dsgns.progress import reporting
from dsgns.store import Manifest, Output
from dsgns.version import __version__

TOPIC = "dsgns"
# What every task ends up importing: weighed before any promise of memory is made.
_HEAVY = ("numba", "scipy.sparse", "scipy.linalg", "dsgns.store")
_SAY_EVERY = 0.5
_SHOWN = 15.0  # seconds until a network file system shows on one host what another wrote
_MALLOC = {-1: "MALLOC_TRIM_THRESHOLD_", -3: "MALLOC_MMAP_THRESHOLD_"}  # glibc's malloc.h


def run_task(
    step: str, unit: str, name: str, projected_bytes: int, task: Callable[..., Manifest], *args: Any
) -> Manifest:
    """Run a task that writes block ``name``; what it took, and was promised to, goes into the block's manifest.

    Where a worker died after it had written the block and before it could say so, the block is there and stays.
    """
    output = args[0] if args else None
    if isinstance(output, Output) and (there := output.manifest(name)) is not None and output.check(name):
        return there
    forget_peak()
    with reporting(_Voice(step, unit, name), _Meter(name, projected_bytes)):
        manifest = task(*args)
    GAUGES.wrote(manifest)
    if manifest.name != name:
        raise AssertionError(f"{task.__name__} was asked for block {name} and wrote {manifest.name}")
    return manifest


def run_plain(step: str, name: str, task: Callable[..., Any], *args: Any) -> Any:
    """Run a task whose result stays in memory; what it counts are tokens."""
    with reporting(_Voice(step, "tokens", name)):
        return task(*args)


def check_blocks(output: Output, names: list[str]) -> list[str]:
    """The blocks among ``names`` that are missing or damaged."""
    return [name for name in names if not output.check(name)]


def introduce(version: str, output: Output | None, holder: str | None, dask_worker: Worker) -> dict[str, Any]:
    """What a worker is: its memory once everything is imported, its limit, and what is strange about it.

    Parameters
    ----------
    version
        The client's.
    output, holder
        An output, and who holds its lease.
    """
    for module in _HEAVY:
        importlib.import_module(module)
    start_compiler()
    keep_buffers()
    dask_worker.metrics |= METRICS
    weight = weigh()
    if OURS in os.environ:
        # Nobody else's process: what is alive by now, modules and compiled kernels, stays alive, and searching it for
        # cycles of garbage before every stage took longer than starting one.
        gc.freeze()
    limit = dask_worker.memory_manager.memory_limit or psutil.virtual_memory().available
    return {
        "strange": _strange(version, output, holder),
        "baseline": weight,
        "limit": int(limit),
        "threads": dask_worker.state.nthreads,
    }


def _strange(version: str, output: Output | None, holder: str | None) -> str:
    """What keeps this worker from working with the client; empty if nothing does."""
    if version != __version__:
        return f"on host {platform.node()} runs dsgns {__version__}, the client {version}; make them equal."
    if output is None:
        return ""
    why = ""
    try:
        if output.held_by(holder, within=_SHOWN):
            return ""
    except OSError as error:
        why = f" ({error})"
    return (
        f"on host {platform.node()} does not see the workspace {output.url} as the client does{why}. It must be one "
        "folder that all hosts share, or an object store."
    )


def keep_buffers() -> None:
    """Have glibc keep what this process frees, as it does in workers of ours, wherever the process comes from.

    Dask's own setting gives back every array above 128 KiB at once: clearing new pages for the next one took a
    third of all CPU time of a round of replicas.
    """
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for option, name in _MALLOC.items():
            library.mallopt(option, HEAP[name])


def weigh() -> int:
    """The bytes this process holds when it has given back all it can."""
    gc.collect()
    # Freed memory lies in glibc's heaps until somebody asks for it.
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return psutil.Process().memory_info().rss


def peak_memory() -> int:
    """The most bytes this process has held since :func:`forget_peak`; now, where the system does not say."""
    with contextlib.suppress(OSError, StopIteration, ValueError), open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return psutil.Process().memory_info().rss


def forget_peak() -> None:
    """Begin a new measurement of the peak."""
    # Linux resets VmHWM when 5 is written here; elsewhere the peak is that of the process's whole life.
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")


class _Meter:
    """Says of the block that a task is named for what the task took, of others on its way what each of them took."""

    def __init__(self, name: str, projected_bytes: int) -> None:
        self.name, self.projected_bytes = name, projected_bytes
        self.began = self.left = time.perf_counter()

    def __call__(self, block: Manifest) -> Manifest:
        before, self.left = self.left, time.perf_counter()
        since = self.began if block.name == self.name else before
        return block.measured(self.left - since, peak_memory(), self.projected_bytes)


class _Voice:
    """Tells the client, twice a second at most, how far a task has come."""

    def __init__(self, step: str, unit: str, name: str) -> None:
        self.step, self.unit, self.name = step, unit, name
        self.units, self.said = 0, time.monotonic()

    def __call__(self, units: int) -> None:
        self.units += units
        GAUGES.advance(self.unit, units)
        now = time.monotonic()
        if now - self.said >= _SAY_EVERY:
            self.said = now
            with contextlib.suppress(ValueError):  # a task called by hand has no worker around it
                said = {"step": self.step, "block": self.name, "units": self.units, "memory": peak_memory()}
                get_worker().log_event(TOPIC, said)
