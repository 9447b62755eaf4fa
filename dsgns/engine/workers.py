"""The workers of a Dask client: what they are, what they may hold, and running tasks on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from distributed import Client, Future

from dsgns.engine.deadline import known_workers
from dsgns.engine.events import Event, Listener, silent
from dsgns.engine.meeting import AGAIN, ask_workers, require_same
from dsgns.engine.moments import Watch
from dsgns.engine.progress import Tracker
from dsgns.engine.run import prefix_of, run_bounded, submit, wait_all
from dsgns.engine.spending import Spending
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

    def weigh(self, output: Output | None = None) -> None:
        """Measure what workers hold before any work, and so what a task may use.

        Done again before each stage: compiled kernels stay in a worker for good, and other workers may have come.

        Parameters
        ----------
        output
            One whose lease this run holds, which every worker must see.

        Raises
        ------
        ClusterError
            If a worker runs another dsgns, or has another folder under the workspace's name.
        """
        met = ask_workers(self.client, introduce, __version__, output, None if output is None else output.holder)
        require_same({address: worker["strange"] for address, worker in met.items() if worker["strange"]})
        workers = met.values()
        self.workers = sum(worker["threads"] for worker in workers)
        self.baseline_bytes = max(worker["baseline"] for worker in workers)
        self.memory_limit = min(worker["limit"] for worker in workers)
        self.allowed_bytes = min(
            allowed_bytes(worker["limit"], worker["baseline"], worker["threads"]) for worker in workers
        )

    def require_everywhere(self, check: Callable[..., str], *args: Any) -> None:
        """Have every worker look at something for itself.

        Parameters
        ----------
        check
            A module-level function that returns what is wrong there, nothing where all is well.

        Raises
        ------
        ClusterError
            Naming the workers where something is wrong, and what it is.
        """
        require_same({address: wrong for address, wrong in ask_workers(self.client, check, *args).items() if wrong})

    def require(self, label: str, projected_bytes: int, instead: str = "") -> None:
        """Refuse a step that would not fit.

        Parameters
        ----------
        instead
            What would do besides a higher limit; nothing where nothing does.

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
                f"Give --memory-limit {_mib(needed).replace(' ', '')} or more{instead and ', or ' + instead}.",
                needed,
            )

    def run(
        self,
        label: str,
        function: Callable[..., Any],
        items: Mapping[str, tuple[Any, ...]],
        lost: dict[str, str] | None = None,
    ) -> Iterator[tuple[str, Any]]:
        """Results of ``function(*args)`` for each named item, as they come; of those in ``lost`` there are none."""
        return run_bounded(self.client, label, function, items, 2 * self.workers + 2, lost)

    def submit(self, label: str, task: Callable[..., Any], *args: Any, near: str | None = None) -> Future:
        """One task whose result stays where it ran; futures among ``args`` are its inputs.

        It runs at the address ``near``, or on any other worker where that one is gone.
        """
        return submit(self.client, label, task.__name__, run_plain, label, "round", task, *args, near=near)

    def spending(self, label: str) -> Spending:
        """What the tasks of a step take from now on, by their functions."""
        return Spending(self.client, prefix_of(label))

    def addresses(self) -> list[str]:
        """Where the workers of this moment are, sorted.

        Raises
        ------
        ClusterError
            If the scheduler does not say.
        """
        try:
            return sorted(known_workers(self.client))
        except OSError as error:
            raise ClusterError(f"The scheduler was lost: it does not tell its workers ({error}). {AGAIN}") from error

    def wait(self, futures: list[Future], what: str) -> list[Any]:
        """The results of submitted tasks, in order."""
        return wait_all(self.client, futures, what)

    def track(
        self, label: str, unit: str, weights: Mapping[str, int], finished: list[str], promised: int = 0
    ) -> Tracker:
        """Progress of one step, told to the listener."""
        return Tracker(self.client, self.listener, label, unit, weights, finished, promised)

    def forget_peak(self) -> None:
        """Begin a new measurement of the workers' memory."""
        ask_workers(self.client, forget_peak)

    def peak_bytes(self) -> int:
        """The most memory any worker has held since :meth:`forget_peak`."""
        return max(ask_workers(self.client, peak_memory).values())

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
