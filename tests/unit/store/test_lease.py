"""One run at a time writes an output: who comes first, who takes over, and who finds out that it was taken over."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from dsgns.errors import WorkspaceBusyError
from dsgns.store import lease as lease_module
from dsgns.store.files import Files
from dsgns.store.lease import EXPIRES, holder, lease

NAME = "counts/a-1/lease.json"


@pytest.fixture(params=["local", "remote"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(str(tmp_path) if request.param == "local" else f"memory://{request.node.name}")


def leave(files: Files, age: float) -> None:
    """A lease of a run elsewhere that was last refreshed some seconds ago."""
    record = {"token": "old", "host": "elsewhere", "process": 1, "started": 0.0, "refreshed": time.time() - age}
    files.write(NAME, [json.dumps(record).encode()])


def contend(files: Files, runs: int = 8) -> list[bool]:
    """Whether each of several runs that ask at once holds the lease, while none lets go of it."""
    ready, asked = threading.Barrier(runs), threading.Barrier(runs)

    def ask(number: int) -> bool:
        ready.wait(20)
        try:
            with lease(files, NAME, "counts/a-1"):
                asked.wait(20)
                return True
        except WorkspaceBusyError:
            asked.wait(20)
            return False

    with ThreadPoolExecutor(runs) as pool:
        return list(pool.map(ask, range(runs)))


@pytest.mark.parametrize("before", [lambda files: None, lambda files: leave(files, EXPIRES + 1)], ids=["new", "stale"])
def test_of_many_that_ask_at_once_one_holds_it(files: Files, before: Callable[[Files], None]) -> None:
    before(files)
    assert contend(files).count(True) == 1
    assert files.list("counts/a-1") == [], "nothing is left of it"


def test_a_fresh_one_is_respected_and_a_stale_one_taken_over(files: Files) -> None:
    leave(files, 5)
    with pytest.raises(WorkspaceBusyError, match=r"by another run: process 1 on elsewhere, last seen 5 s ago\. Wait"):
        with lease(files, NAME, "counts/a-1"):
            pass
    leave(files, EXPIRES + 1)
    with lease(files, NAME, "counts/a-1") as held:
        assert holder(files, NAME) == held.token


def test_a_store_that_ignores_conditions_does_not_lose_a_live_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    put = MemoryFileSystem.pipe_file
    monkeypatch.setattr(MemoryFileSystem, "pipe_file", lambda self, path, value, mode="": put(self, path, value))
    files = Files("memory://unconditional")
    assert files.create(NAME, b"first")
    assert not files.create(NAME, b"second")
    assert bytes(files.read(NAME)) == b"first"


def test_a_new_lease_is_not_cleared_in_place_of_the_stale_one_that_was_seen(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(files, EXPIRES + 1)
    create = files.create

    def create_late(name: str, data: bytes) -> bool:
        made = create(name, data)
        if made and name != NAME:  # by now another run has taken it over
            files.write(NAME, [json.dumps({**json.loads(data), "token": "new", "host": "elsewhere"}).encode()])
        return made

    monkeypatch.setattr(files, "create", create_late)
    with pytest.raises(WorkspaceBusyError, match="on elsewhere"), lease(files, NAME, "counts/a-1"):
        pass
    assert holder(files, NAME) == "new"


def test_who_stood_still_until_another_took_over_is_told_and_leaves_it_alone(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lease(files, NAME, "counts/a-1") as held:
        held.require()
        leave(files, 0)
        monkeypatch.setattr(lease_module, "REFRESH", 0.0)
        lease_module._keep(held, threading.Event())
        with pytest.raises(WorkspaceBusyError, match="taken over by process 1 on elsewhere, because this run stood"):
            held.require()
    assert holder(files, NAME) == "old"
