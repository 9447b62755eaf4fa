"""A lease on an output: only one run at a time writes it.

The holder refreshes the lease's file while it works. A lease that was not refreshed for a minute, or
whose process on this very host is gone, is stale and may be taken over; a holder that comes back after such a pause
finds that out and stops. On disks and on S3 a file that must not be there yet is made by one of two at the same moment.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil

from dsgns.errors import WorkspaceBusyError
from dsgns.store.files import Files

EXPIRES = 60.0
REFRESH = 15.0
_LOOK_EVERY = 0.5


@contextmanager
def lease(files: Files, name: str, what: str) -> Iterator[Held]:
    """Hold the lease in file ``name`` while the block runs.

    Raises
    ------
    WorkspaceBusyError
        If another run holds it; the message names the holder.
    """
    held = Held(files, name, uuid.uuid4().hex, what)
    _acquire(files, name, held.token, what)
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(held, stop), daemon=True, name="dsgns-lease")
    keeper.start()
    try:
        yield held
    finally:
        stop.set()
        keeper.join()
        if holder(files, name) == held.token:
            files.remove_file(name)


@dataclass(frozen=True)
class Held:
    """A lease that this run holds, as long as nobody has taken it over."""

    files: Files
    name: str
    token: str
    what: str

    def require(self) -> None:
        """Fail if another run has taken it over.

        Raises
        ------
        WorkspaceBusyError
            If one has, for which this one must have stood still for a minute.
        """
        now = _read(self.files, self.name)
        if now is not None and now["token"] != self.token:
            raise WorkspaceBusyError(
                f"{self.what} was taken over by process {now['process']} on {now['host']}, because this run stood "
                f"still for {EXPIRES:.0f} s. What is finished is kept; let the other run go on."
            )


def require_free(files: Files, name: str, what: str) -> None:
    """Fail if anybody holds the lease in file ``name``.

    Raises
    ------
    WorkspaceBusyError
        If a run holds it; the message names the holder.
    """
    held = _read(files, name)
    if held is not None and not _stale(held):
        raise WorkspaceBusyError(
            f"{what} is being written by another run: process {held['process']} on {held['host']}, last seen "
            f"{time.time() - held['refreshed']:.0f} s ago. Wait until that has ended; the same command then goes "
            "on from what it made."
        )


def holder(files: Files, name: str) -> str | None:
    """A mark of the run that holds the lease in file ``name``; None where there is no lease."""
    return (_read(files, name) or {}).get("token")


def wait_for_holder(files: Files, name: str, mark: str | None, seconds: float) -> bool:
    """Whether a run holds the lease, or is seen to do within some seconds: network file systems show files late."""
    deadline = time.monotonic() + seconds
    while holder(files, name) != mark:
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY)
    return True


def _acquire(files: Files, name: str, token: str, what: str) -> None:
    for _ in range(3):
        # One that was made although its answer was lost is ours as well.
        if files.create(name, _record(token)) or holder(files, name) == token:
            return
        require_free(files, name, what)
        _clear(files, name)
    raise WorkspaceBusyError(f"{what}: another run took the lease {name} over at the same moment; try again.")


def _clear(files: Files, name: str) -> None:
    """Remove a stale lease, where no other run is about to: it could be a new one by the time it is removed."""
    found = _read(files, name)
    if found is None:
        return
    clearing = f"{name}.{found['token']}"
    if not files.create(clearing, _record(found["token"])):
        other = _read(files, clearing)
        if other is not None and _stale(other):
            files.remove_file(clearing)
        return
    try:
        if holder(files, name) == found["token"]:
            files.remove_file(name)
    finally:
        files.remove_file(clearing)


def _keep(held: Held, stop: threading.Event) -> None:
    while not stop.wait(REFRESH):
        # A full disk must not end the run from this thread: the run's own writes say it better.
        with suppress(OSError):
            if holder(held.files, held.name) not in (held.token, None):
                return
            held.files.write(held.name, [_record(held.token)])


def _record(token: str) -> bytes:
    me = psutil.Process()
    record = {"token": token, "host": platform.node(), "process": me.pid, "started": me.create_time()}
    return json.dumps({**record, "refreshed": time.time()}).encode()


def _read(files: Files, name: str) -> dict[str, Any] | None:
    try:
        return json.loads(files.read(name))
    except (FileNotFoundError, ValueError):
        return None


def _stale(holder: dict[str, Any]) -> bool:
    if time.time() - holder["refreshed"] > EXPIRES:
        return True
    if holder["host"] != platform.node() or holder["process"] == os.getpid():
        return False
    try:
        return psutil.Process(holder["process"]).create_time() != holder["started"]
    except psutil.NoSuchProcess:
        return True
