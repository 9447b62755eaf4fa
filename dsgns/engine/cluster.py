"""Where tasks run: the caller's client, a scheduler's address, or worker processes of our own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from pathlib import Path

import dask
import psutil
from distributed import Client, LocalCluster, Security

from dsgns.engine.script import require_importable_script
from dsgns.errors import ClusterError, MemoryPromiseError
from dsgns.kinds import require
from dsgns.parameters import Resources

CONNECT_TIMEOUT = 30
LEAST_LIMIT = 256 << 20

HEAP = {
    # By default glibc learns from large arrays to keep them, and keeps a heap for every thread, so that workers of
    # 512 MiB still held 150 MiB of finished tasks. With these, large arrays go back to the system when they are freed;
    # what chunks are encoded in, 4 MiB each, stays: new pages for every one took a tenth of all CPU time of counting.
    "MALLOC_MMAP_THRESHOLD_": 8 << 20,
    "MALLOC_TRIM_THRESHOLD_": 16 << 20,
    "MALLOC_ARENA_MAX": 2,
}
"""How glibc keeps what workers free, as variables of their environment."""

OURS = "DSGNS_WORKER"
"""The variable that tells a worker that its process is ours alone."""

_LOCAL = {
    # Our tasks keep their own promise of memory, up to 0.8 of the limit; pausing there would stall them.
    "distributed.worker.memory.target": 0.85,
    "distributed.worker.memory.spill": 0.9,
    "distributed.worker.memory.pause": 0.93,
    "distributed.worker.memory.terminate": 0.97,
    "distributed.worker.daemon": True,
    **{f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in HEAP.items()},
    # Not pre-spawn, which stays in this process too, and would come to the workers that its caller starts next.
    f"distributed.nanny.environ.{OURS}": 1,
    # A worker that is away some seconds after one of its deaths, though for another one by then, would be given up for
    # good together with what restarts it: a task that kills its worker again and again left none.
    "distributed.deploy.lost-worker-timeout": "365 days",
    # Python sampled a hundred times a second says little of our kernels, and event loops looked for their own delays
    # fifty times: two workers that did nothing kept a core busy for 7 % of the time, now for 2 %.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.tick.limit": "60s",
    "distributed.diagnostics.nvml": False,
}


@contextmanager
def connect(
    resources: Resources, client: Client | None, scheduler: str | None, certificates: str | None = None
) -> Iterator[Client]:
    """A client to run on: the one given, the scheduler's, the active one, else a local cluster's.

    What is made here is closed at the end; what the caller owns never is.

    Raises
    ------
    ClusterError
        If the scheduler does not answer or local workers cannot start.
    ParameterError
        If the client is none.
    """
    if client is None and scheduler is None:
        client = _active()
    if client is not None:
        require(isinstance(client, Client), "client", client, "a dask.distributed.Client")
        yield client
    elif scheduler is not None:
        with _remote(scheduler, certificates) as connected:
            yield connected
    else:
        with _local(resources) as connected:
            yield connected


def starts_workers(client: Client | None, scheduler: str | None) -> bool:
    """Whether :func:`connect` would start worker processes of our own."""
    return client is None and scheduler is None and _active() is None


def _active() -> Client | None:
    try:
        return Client.current(allow_global=True)
    except ValueError:
        return None


def _remote(scheduler: str, certificates: str | None) -> Client:
    security = _security(certificates)
    if "://" not in scheduler and security.require_encryption:
        scheduler = f"tls://{scheduler}"
    # What Dask would find out only after a minute of trying is said at once.
    if scheduler.startswith("tls://") and not _provable(security):
        raise ClusterError(
            f"{scheduler} wants certificates: give --certificates FOLDER, which holds ca.pem, cert.pem and key.pem, or "
            "name them in Dask's configuration (distributed.comm.tls)."
        )
    if scheduler.startswith("tcp://") and security.require_encryption:
        raise ClusterError(f"{scheduler} is not encrypted, as it must be here; has the scheduler a tls:// address?")
    try:
        return Client(scheduler, timeout=CONNECT_TIMEOUT, set_as_default=False, security=security)
    except (OSError, RuntimeError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"No Dask scheduler answered at {scheduler} within {CONNECT_TIMEOUT} s ({error}). Start one with `dask "
            "scheduler`, or leave --scheduler out to run on this machine. One that wants certificates has an address "
            "tls://..., and refuses those that its own authority did not sign."
        ) from error


def _provable(security: Security) -> bool:
    """Whether there are certificates.

    Raises
    ------
    ClusterError
        If they cannot be read.
    """
    try:
        return security.get_connection_args("client").get("ssl_context") is not None
    except (OSError, ValueError) as error:  # among them ssl.SSLError
        raise ClusterError(
            f"The certificates cannot be read ({error}): {security.tls_ca_file}, {security.tls_client_cert} and "
            f"{security.tls_client_key} must be PEM files, the key of the certificate and without a password."
        ) from error


def _security(certificates: str | None) -> Security:
    """How to prove who we are: by the files of a folder, or as Dask's own configuration says.

    Raises
    ------
    ParameterError
        If one of the three files is missing.
    """
    if certificates is None:
        return Security()
    ca, cert, key = (Path(certificates) / name for name in ("ca.pem", "cert.pem", "key.pem"))
    for file in (ca, cert, key):
        require(file.is_file(), "certificates", certificates, f"a folder with ca.pem, cert.pem and key.pem; no {file}")
    return Security(require_encryption=True, tls_ca_file=str(ca), tls_client_cert=str(cert), tls_client_key=str(key))


def local_workers(resources: Resources) -> tuple[int, int]:
    """How many worker processes this machine gets, and the bytes each may use."""
    workers = resources.workers or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    return workers, resources.memory_limit or int(psutil.virtual_memory().available * 0.9 / workers)


def require_room(resources: Resources) -> tuple[int, int]:
    """The same, if a worker can start with so little.

    Raises
    ------
    MemoryPromiseError
        If none can.
    """
    workers, limit = local_workers(resources)
    if limit < LEAST_LIMIT:
        raise MemoryPromiseError(
            f"Workers of {limit >> 20} MiB cannot start: each takes some {LEAST_LIMIT >> 20} MiB before any work.",
            f"Give --memory-limit {LEAST_LIMIT >> 20}MiB or more, or fewer --workers.",
            LEAST_LIMIT,
        )
    return workers, limit


@contextmanager
def _local(resources: Resources) -> Iterator[Client]:
    require_importable_script()
    workers, limit = require_room(resources)
    with dask.config.set(_LOCAL), ExitStack() as stack:
        try:
            with _interrupts_held_back():
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    # Dask may be configured with a client's certificate alone, which is nothing for a scheduler.
                    protocol="tcp://",
                    security=Security(require_encryption=False),
                    memory_limit=limit,
                    dashboard_address="127.0.0.1:0",
                    silence_logs="CRITICAL",
                )
                stack.enter_context(cluster)
        except (OSError, RuntimeError, TimeoutError) as error:
            raise ClusterError(
                f"The {workers} local workers did not start ({error}). If dsgns is called from a script, its calls "
                'must stand under `if __name__ == "__main__":`.'
            ) from error
        yield stack.enter_context(Client(cluster, set_as_default=False))


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back from this thread for now, and from the threads and processes begun meanwhile for good.

    A terminal sends it to every process of the run; a worker would die of it with a traceback, where it is
    for this process to end the run and its workers in good order.
    """
    # When multiprocessing starts this helper by itself, it lets interrupts through again afterwards.
    with _quiet_tracker():
        resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _quiet_tracker() -> Iterator[None]:
    """Let a process begun meanwhile clean up after a run that was killed without a warning of what it found."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (before, "ignore:resource_tracker:UserWarning")))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before
