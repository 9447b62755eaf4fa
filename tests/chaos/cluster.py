"""A scheduler and workers as the command line starts them, over tcp, to be killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from distributed import Client

from dsgns.engine.deadline import known_workers, within
from tests.chaos.hosts import Host
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
    hosts
        Of the scheduler, and of workers in turn; where there is one alone it has all of them.
    slow
        Whether workers take their time where a fault is to find them.
    """

    def __init__(
        self,
        folder: Path,
        workers: int = 2,
        silent: int = SILENT,
        hosts: Sequence[Host] = (Host(),),
        slow: bool = True,
    ) -> None:
        self._folder, self._count, self._silent = folder, workers, silent
        self.hosts, self._preload = hosts, ("--preload", "tests.chaos.slowly") if slow else ()
        with socket.socket() as asking:
            asking.bind(("127.0.0.1", 0))
            self._port = asking.getsockname()[1]
        self.address = f"tcp://{hosts[0].address}:{self._port}"
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
        host = self.hosts[0]
        command = ["scheduler", "--host", host.address, "--port", str(self._port), "--no-dashboard"]
        self.scheduler = self._run(host, "scheduler", *command, "--dashboard-address", "127.0.0.1:0")
        self.nannies = [self.add_worker() for _ in range(self._count)]
        self.client = Client(self.address, timeout=120, set_as_default=False)
        self.client.wait_for_workers(self._count, timeout=120)

    def add_worker(self, *more: str) -> subprocess.Popen[bytes]:
        """Start one more worker, with the process that watches over it unless ``more`` words say otherwise."""
        host = (self.hosts[1:] or self.hosts)[self._started % max(1, len(self.hosts) - 1)]
        self._started += 1
        options = f"--host {host.address} --nworkers 1 --nthreads 1 --memory-limit 1GiB --no-dashboard"
        places = ["--death-timeout", "60", "--local-directory", str(self._folder), *self._preload]
        return self._run(host, f"worker-{self._started}", "worker", self.address, *options.split(), *places, *more)

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
            return len(self.addresses()) >= self._count

        wait_until("all workers to be there", there, 240, 0.2)

    def process(self, address: str) -> int | None:
        """The process of a worker; None where it is gone."""
        if address not in self._processes:
            self._processes |= self.client.run(os.getpid, workers=[address], on_error="ignore")
        return self._processes.get(address)

    def addresses(self) -> list[str]:
        """Where workers are, as the scheduler knows."""
        return sorted(known_workers(self.client))

    def processing(self) -> dict[str, list[str]]:
        """The keys of tasks that the scheduler takes for being worked on, by address."""
        return {address: [str(key) for key in keys] for address, keys in self.client.processing().items()}

    def at_work(self) -> list[tuple[str, str]]:
        """The tasks whose code is running at this moment, as workers tell: address and key."""
        try:
            # The scheduler tries for a minute to reach a worker that goes at the moment of the question.
            told = within(5, self.client.call_stack)
        except OSError:  # a worker went while it was asked; TimeoutError is one
            return []
        return [(address, str(key)) for address, stacks in told.items() for key in stacks]

    def _run(self, host: Host, name: str, *words: str) -> subprocess.Popen[bytes]:
        dask = str(Path(sys.executable).with_name("dask"))
        environment = {**_SETTINGS, "PYTHONPATH": str(Path(__file__).parents[2])}
        environment["DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"] = f"{self._silent}s"
        return self._stack.enter_context(
            running(host.command([dask, *words]), self._folder / f"{name}.log", environment)
        )


def kill(process: int) -> None:
    """SIGKILL, by id; nothing happens where it is gone."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
