"""A scheduler and workers as the command line starts them, over tcp, to be killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from distributed import Client

from tests.support.processes import end_group, running, wait_until

SILENT = 15
"""What it is by default: generous, for busy machines."""

_SETTINGS = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "60s",
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}


class Cluster:
    """A scheduler at one port, and workers; a context manager that ends all of them.

    Parameters
    ----------
    folder
        For logs, and what workers keep.
    workers
        How many.
    silent
        Seconds after which the scheduler takes a worker that says nothing for dead.
    """

    def __init__(self, folder: Path, workers: int = 2, silent: int = SILENT) -> None:
        self._folder, self._count, self._silent = folder, workers, silent
        with socket.socket() as asking:
            asking.bind(("127.0.0.1", 0))
            self._port = asking.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"
        self._started = 0
        self._processes: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(Exception):
            self.client.close(timeout=5)
        self._stack.close()

    def start(self) -> None:
        """Start the scheduler, which nobody answers for at this time, and workers up to their number."""
        command = ["scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard"]
        self.scheduler = self._run("scheduler", *command, "--dashboard-address", "127.0.0.1:0")
        self.nannies = [self.add_worker() for _ in range(self._count)]
        self.client = Client(self.address, timeout=120, set_as_default=False)
        self.client.wait_for_workers(self._count, timeout=120)

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker, with the process that watches over it."""
        self._started += 1
        options = "--host 127.0.0.1 --nworkers 1 --nthreads 1 --memory-limit 1GiB --no-dashboard --death-timeout 60"
        places = ["--local-directory", str(self._folder), "--preload", "tests.chaos.slow_disk"]
        return self._run(f"worker-{self._started}", "worker", self.address, *options.split(), *places)

    def restart(self) -> None:
        """End everything, and start anew at the same port."""
        with suppress(Exception):
            self.client.close(timeout=5)
        for process in (self.scheduler, *self.nannies):
            end_group(process.pid)
            process.wait()
        self.start()

    def complete(self) -> None:
        """See to it that all workers are there again, such as were retired replaced by new ones."""

        def there() -> bool:
            self.nannies = [nanny for nanny in self.nannies if nanny.poll() is None]
            while len(self.nannies) < self._count:
                self.nannies.append(self.add_worker())
            return len(self.client.scheduler_info(n_workers=-1)["workers"]) >= self._count

        wait_until("all workers to be there", there, 240, 0.2)

    def process(self, address: str) -> int | None:
        """The process of a worker; None where it is gone."""
        if address not in self._processes:
            self._processes |= self.client.run(os.getpid, workers=[address], on_error="ignore")
        return self._processes.get(address)

    def addresses(self) -> list[str]:
        """Where workers are, as the scheduler knows."""
        return sorted(self.client.scheduler_info(n_workers=-1)["workers"])

    def processing(self) -> dict[str, list[str]]:
        """The keys of tasks that the scheduler takes for being worked on, by address."""
        return {address: [str(key) for key in keys] for address, keys in self.client.processing().items()}

    def at_work(self) -> list[tuple[str, str]]:
        """The tasks whose code is running at this moment, as workers tell: address and key."""
        try:
            told = self.client.call_stack()
        except OSError:  # a worker went while it was asked
            return []
        return [(address, str(key)) for address, stacks in told.items() for key in stacks]

    def _run(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        dask = str(Path(sys.executable).with_name("dask"))
        environment = {**_SETTINGS, "PYTHONPATH": str(Path(__file__).parents[2])}
        environment["DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"] = f"{self._silent}s"
        return self._stack.enter_context(running([dask, *words], self._folder / f"{name}.log", environment))


def kill(process: int) -> None:
    """SIGKILL, by id; nothing happens where it is gone."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
