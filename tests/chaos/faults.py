"""What can happen to a cluster at work: each fault is a function that makes it happen to one worker's task."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import psutil

from tests.chaos.cluster import SILENT, Cluster, kill
from tests.support.processes import wait_until


class Phase(NamedTuple):
    """What the keys of a phase's tasks begin with, and end with: in rounds of replicas, the task's own name."""

    prefix: str
    task: str = ""

    def has(self, key: str) -> bool:
        """Whether a task is of this phase."""
        return key.startswith(self.prefix) and key.endswith(self.task)


PHASES = {
    "vocabulary": Phase("vocabulary-scan"),
    "spill": Phase("counts-spill"),
    "reduce": Phase("counts-merge"),
    "svd pass": Phase("svd-multiply"),
    "sgns round": Phase("sgns-train", "-train_chunks"),
    "sgns pull": Phase("sgns-train", "-take"),
    "sgns push": Phase("sgns-train", "-merge"),
    "sgns checkpoint": Phase("sgns-train", "-save_shard"),
}


class Moment(NamedTuple):
    """A worker caught at a task of a phase: stopped, the task begun and not finished."""

    address: str
    process: int
    key: str
    phase: str


def catch(
    cluster: Cluster, phases: Sequence[str], client: subprocess.Popen[bytes], seconds: float = 240
) -> Moment | None:
    """Stop a worker in the middle of a task of one of some phases; None if the run is over before that.

    That the task has begun its worker said before it was stopped, and that it is not finished the scheduler says
    after: a worker that is stopped sends nothing any more, and what it sent before has been heard by then.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and client.poll() is None:
        for address, key in cluster.at_work():
            phase = next((name for name in phases if PHASES[name].has(key)), None)
            process = None if phase is None else cluster.process(address)
            if phase is None or process is None:
                continue
            os.kill(process, signal.SIGSTOP)
            cluster.processing()
            if key in cluster.processing().get(address, ()):
                return Moment(address, process, key, phase)
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
    dropped(cluster, moment)
    with suppress(ProcessLookupError):
        os.kill(moment.process, signal.SIGCONT)
    return 0


def dropped(cluster: Cluster, moment: Moment) -> None:
    """Wait until the scheduler takes a worker that says nothing for dead."""
    wait_until("a silent worker to be dropped", lambda: moment.address not in cluster.addresses(), 6 * SILENT, 0.2)


def join_late(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """One more worker joins, and the one that was at work is killed as soon as it has."""
    before = len(cluster.addresses())
    cluster.nannies.append(cluster.add_worker())
    cluster.client.wait_for_workers(before + 1, timeout=120)
    kill(moment.process)
    return 1


def retire(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """The worker is retired in good order while it works."""
    os.kill(moment.process, signal.SIGCONT)
    cluster.client.retire_workers([moment.address])
    return 0


def end_worker(cluster: Cluster, moment: Moment, client: subprocess.Popen[bytes]) -> int:
    """SIGTERM of the process that watches over the worker, as Slurm and Kubernetes send it; another one is started."""
    nanny = psutil.Process(moment.process).ppid()
    os.kill(moment.process, signal.SIGCONT)
    os.kill(nanny, signal.SIGTERM)
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
    "end worker": end_worker,
}
"""By name; each returns how many processes it killed of which it is sure that they were at work."""
