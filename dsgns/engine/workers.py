"""The workers of a Dask client: what they are, what they may hold, and running tasks on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from distributed import Client, Future

from dsgns.engine.events import Event, Listener, silent
from dsgns.engine.moments import Watch
from dsgns.engine.progress import Tracker
from dsgns.engine.run import NO_WORKERS, run_bounded, submit, wait_all
from dsgns.engine.worker import check_blocks, forget_peak, introduce, peak_memory, run_plain
from dsgns.errors import ClusterError, MemoryPromiseError
from dsgns.parameters import Resources
from dsgns.store import Manifest, Output
from dsgns.version import __version__

SHARE = 0.8
"""Of its memory limit, what a worker may promise to keep to."""

_CHECKED_AT_ONCE = 16


class Workers:
    """Runs tasks on a Dask client's workers, none that would not fit, and tells how far they are.

    Parameters
    ----------
    client
        Stays the caller's.
    resources
        Sizes of shards; limits are the workers' own.
    listener
        Hears of progress.
    """

    watch = Watch()
    """Who is asked after each block whether to go on; nobody, unless the engine was opened with callbacks."""

    def __init__(self, client: Client, resources: Resources, listener: Listener = silent) -> None:
        self.client, self.resources, self.listener = client, resources, listener
        self.weigh()

    def weigh(self) -> None:
        """Measure what workers hold before any work, and so what a task may use.

        Done again before each stage: compiled kernels stay in a worker for good.
        """
        workers = self._meet_workers()
        self.workers = sum(worker["threads"] for worker in workers)
        self.baseline_bytes = max(worker["baseline"] for worker in workers)
        self.memory_limit = min(worker["limit"] for worker in workers)
        self.allowed_bytes = min(
            allowed_bytes(worker["limit"], worker["baseline"], worker["threads"]) for worker in workers
        )

    def _meet_workers(self) -> list[dict[str, Any]]:
        try:
            self.client.wait_for_workers(1, timeout=NO_WORKERS)
        except TimeoutError as error:
            raise ClusterError(
                f"No worker joined {self.client.scheduler.address} within {NO_WORKERS:.0f} s."
            ) from error
        try:
            workers = list(self.client.run(introduce).values())
        except OSError as error:  # distributed's CommClosedError is one
            raise ClusterError(
                f"A worker died before any work, most likely for want of memory ({error}); give it more."
            ) from error
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"A worker has no dsgns ({error}); install dsgns {__version__} where workers run."
            ) from error
        strange = {worker["version"] for worker in workers} - {__version__}
        if strange:
            raise ClusterError(
                f"Workers run dsgns {', '.join(sorted(strange))}, the client {__version__}; make them equal."
            )
        return workers

    def require(self, label: str, projected_bytes: int) -> None:
        """Refuse a step that would not fit.

        Raises
        ------
        MemoryPromiseError
            With the limit that would fit.
        """
        if projected_bytes > self.allowed_bytes:
            threads = max(1, round(SHARE * self.memory_limit - self.baseline_bytes) // max(self.allowed_bytes, 1))
            needed = needed_limit(projected_bytes, self.baseline_bytes, threads)
            raise MemoryPromiseError(
                f"{label} needs {_mib(projected_bytes)} for each task, but with workers of {_mib(self.memory_limit)} "
                f"(of which {_mib(self.baseline_bytes)} are taken before any work) a task may use "
                f"{_mib(max(self.allowed_bytes, 0))}.",
                f"Give --memory-limit {_mib(needed).replace(' ', '')} or more.",
                needed,
            )

    def run(
        self, label: str, function: Callable[..., Any], items: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[tuple[str, Any]]:
        """Results of ``function(*args)`` for each named item, as they come."""
        return run_bounded(self.client, label, function, items, in_flight=2 * self.workers + 2)

    def submit(self, label: str, task: Callable[..., Any], *args: Any, near: str | None = None) -> Future:
        """One task whose result stays where it ran; futures among ``args`` are its inputs.

        It runs at the address ``near``, or on any other worker where that one is gone.
        """
        return submit(self.client, label, "round", run_plain, label, "round", task, *args, near=near)

    def addresses(self) -> list[str]:
        """Where the workers of this moment are, sorted."""
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def wait(self, futures: list[Future], what: str) -> list[Any]:
        """The results of submitted tasks, in order."""
        return wait_all(self.client, futures, what)

    def track(self, label: str, unit: str, weights: Mapping[str, int], finished: list[str]) -> Tracker:
        """Progress of one step, told to the listener."""
        return Tracker(self.client, self.listener, label, unit, weights, finished)

    def forget_peak(self) -> None:
        """Begin a new measurement of the workers' memory."""
        self.client.run(forget_peak)

    def peak_bytes(self) -> int:
        """The most memory any worker has held since :meth:`forget_peak`."""
        return max(self.client.run(peak_memory).values(), default=0)

    def sound(self, output: Output, names: list[str]) -> dict[str, Manifest]:
        """The blocks among ``names`` that are there and match their checksums; damaged ones are removed."""
        found = {name: manifest for name in names if (manifest := output.manifest(name)) is not None}
        present = list(found)
        batches = {
            str(start): (output, present[start : start + _CHECKED_AT_ONCE])
            for start in range(0, len(present), _CHECKED_AT_ONCE)
        }
        if not present:
            return found
        label, checked = f"{output.stage}: check", 0
        self.listener(Event("begin", label, 0, len(present)))
        for batch, damaged in self.run(label, check_blocks, batches):
            for name in damaged:
                output.remove(name)
                del found[name]
            checked += len(batches[batch][1])
            self.listener(Event("advance", label, checked, len(present)))
        self.listener(Event("end", label, checked, len(present)))
        return found


def allowed_bytes(limit: int, baseline: int, threads: int = 1) -> int:
    """What one task may use of a worker's limit, when ``baseline`` is taken before any work."""
    return int(SHARE * limit - baseline) // threads


def needed_limit(projected: int, baseline: int, threads: int = 1) -> int:
    """The least limit of a worker under which a task may use ``projected`` bytes."""
    return int((projected * threads + baseline) / SHARE) + (1 << 20)


def _mib(size: int) -> str:
    return f"{-(-size // 2**20)} MiB"
