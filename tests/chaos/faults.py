"""What can happen to a cluster at work: each fault is a function that makes it happen to one worker's task."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tests.chaos.cluster import SILENT, Cluster, kill
from tests.support.processes import wait_until

PHASES = {
    "vocabulary": "vocabulary-scan",
    "spill": "counts-spill",
    "reduce": "counts-merge",
    "svd pass": "svd-multiply",
    "sgns round": "sgns-train",
}
"""Names of phases, and what the keys of their tasks begin with."""

OVER = "the run is over"


class Moment(NamedTuple):
    """A worker caught at a task: stopped, the task begun and not finished."""

    address: str
    process: int
    key: str


def catch(cluster: Cluster, prefix: str, client: subprocess.Popen[bytes], seconds: float = 240) -> Moment | None:
    """Stop a worker in the middle of a task of a phase; None if the run is over before that.

    That the task has begun its worker said before it was stopped, and that it is not finished the scheduler says
    after: a worker that is stopped sends nothing any more, and what it sent before has been heard by then.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and client.poll() is None:
        for address, key in cluster.at_work():
            process = cluster.process(address) if key.startswith(prefix) else None
            if process is None:
                continue
            os.kill(process, signal.SIGSTOP)
            cluster.processing()
            if key in cluster.processing().get(address, ()):
                return Moment(address, process, key)
            os.kill(process, signal.SIGCONT)
    return None


def kill_worker(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGKILL of the worker."""
    kill(moment.process)
    return 1


def kill_all_workers(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGKILL of every worker at once."""
    addresses = set(cluster.processing()) - {moment.address}
    processes = [moment.process, *filter(None, map(cluster.process, addresses))]
    for process in processes:
        kill(process)
    return 1  # of the others nobody knows whether they were at work


def kill_scheduler(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGKILL of the scheduler: the client must give up in time; then everything is started again."""
    kill(cluster.scheduler.pid)
    with suppress(ProcessLookupError):
        os.kill(moment.process, signal.SIGCONT)
    assert client.wait(timeout=180) != 0, "the client took no notice"
    cluster.restart()
    return 1


def kill_client(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGKILL of the client."""
    kill(client.pid)
    client.wait(timeout=60)
    os.kill(moment.process, signal.SIGCONT)
    return 1


def stop_worker(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGSTOP until the scheduler takes the worker for dead, and then SIGCONT."""
    wait_until(
        "the scheduler to drop a worker that is stopped",
        lambda: moment.address not in cluster.client.scheduler_info(n_workers=-1)["workers"],
        6 * SILENT,
        0.2,
    )
    with suppress(ProcessLookupError):
        os.kill(moment.process, signal.SIGCONT)
    return 0


def join_late(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """One more worker joins, and the one that was at work is killed as soon as it has."""
    before = len(cluster.client.scheduler_info(n_workers=-1)["workers"])
    cluster.nannies.append(cluster.add_worker())
    cluster.client.wait_for_workers(before + 1, timeout=120)
    kill(moment.process)
    return 1


def retire(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """The worker is retired in good order while it works."""
    os.kill(moment.process, signal.SIGCONT)
    cluster.client.retire_workers([moment.address])
    return 0


Fault = Callable[[Cluster, Moment, "subprocess.Popen[bytes]"], int]
FAULTS: dict[str, Fault] = {
    "kill worker": kill_worker,
    "kill all workers": kill_all_workers,
    "kill scheduler": kill_scheduler,
    "kill client": kill_client,
    "stop worker": stop_worker,
    "late worker": join_late,
    "retire worker": retire,
}
"""By name; each returns how many processes it killed of which it is sure that they were at work."""
