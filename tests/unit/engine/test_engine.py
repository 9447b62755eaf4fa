"""Blocks are made once, promises of memory are kept, errors name what failed."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import dask
import numpy as np
import pytest

from dsgns.engine import Event, open_engine, run
from dsgns.engine.cluster import OURS
from dsgns.engine.worker import introduce
from dsgns.errors import (
    EncodingError,
    MemoryPromiseError,
    ParameterError,
    TaskFailedError,
    WorkerKilledError,
    WorkspaceBusyError,
)
from dsgns.parameters import Resources
from dsgns.progress import advance
from dsgns.store import Manifest, Output
from dsgns.version import __version__

pytestmark = pytest.mark.cluster


def square(output: Output, name: str, value: int) -> Manifest:
    return output.write(name, {"x": np.array([value**2])}, facts={"value": value})


def hungry(output: Output, name: str, size: int) -> Manifest:
    return output.write(name, {"x": np.ones(size, np.uint8)[:1]})


def failing(output: Output, name: str, kind: str) -> Manifest:
    if kind == "ours":
        raise EncodingError("line 3 of a.txt")
    if kind == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    raise ValueError("boom")


def dies_once(output: Output, name: str, marker: str) -> Manifest:
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return output.write(name, {"x": np.zeros(1)})
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def talking(output: Output, name: str, marker: str) -> Manifest:
    deadline = time.monotonic() + 30
    while not os.path.exists(marker) and time.monotonic() < deadline:
        advance(1)
        time.sleep(0.05)
    return output.write(name, {"x": np.zeros(1)})


def add(a: int, b: int) -> int:
    return a + b


def squares(output: Output, n: int) -> dict[str, tuple[Output, str, int]]:
    return {f"blocks/{i:05d}": (output, f"blocks/{i:05d}", i) for i in range(n)}


def test_blocks_are_made_once(engine, workspace):
    output = workspace.output("counts", "a-1")
    with (
        pytest.raises(KeyboardInterrupt),
        engine.produce(output, parameters={}, inputs={}, plan=lambda: {"n": 3}) as job,
    ):
        job.run("counts: square", square, squares(output, 3), projected_bytes=1000)
        raise KeyboardInterrupt
    assert not output.complete
    before = {name: manifest.written for name, manifest in output.manifests().items()}
    with engine.produce(output, parameters={"p": 1}, inputs={"tokens": "t"}, plan=lambda: {"n": 99}) as job:
        assert job.plan == {"n": 3}
        made = job.run("counts: square", square, squares(output, 5), projected_bytes=1000)
        assert [manifest.facts["value"] for manifest in made.values()] == list(range(5))
        job.finish({"total": 5})
    after = {name: manifest.written for name, manifest in output.manifests().items()}
    assert before.items() <= after.items()
    assert output.facts == {"total": 5}
    assert output.inputs == {"tokens": "t"}
    figures = output.record["figures"]["counts: square"]
    assert figures["blocks"] == 5
    assert 0 < figures["peak_bytes"] < 2 << 30
    assert engine.reuse(output)


def test_damaged_blocks_are_made_anew(engine, workspace):
    output = workspace.output("counts", "b-1")
    with engine.produce(output, parameters={}, inputs={}) as job:
        job.run("counts: square", square, squares(output, 3), projected_bytes=1000)
        job.finish({})
    (output.files.path("counts/b-1/blocks/00001/x/c/0")).write_bytes(b"rubbish")
    kept = output.manifest("blocks/00000").written
    assert not engine.reuse(output)
    with engine.produce(output, parameters={}, inputs={}) as job:
        job.run("counts: square", square, squares(output, 3), projected_bytes=1000)
        job.finish({})
    assert output.read("blocks/00001")["x"].tolist() == [1]
    assert output.manifest("blocks/00000").written == kept


def test_a_second_run_is_refused(engine, workspace):
    output = workspace.output("counts", "c-1")
    with engine.produce(output, parameters={}, inputs={}):
        with pytest.raises(WorkspaceBusyError, match="counts/c-1"), engine.produce(output, parameters={}, inputs={}):
            pass


def test_a_plan_that_does_not_fit_is_refused_with_the_limit_that_would(engine, workspace):
    output = workspace.output("counts", "d-1")
    with engine.produce(output, parameters={}, inputs={}) as job:
        with pytest.raises(MemoryPromiseError, match=r"--memory-limit \d+MiB"):
            job.run("counts: square", square, squares(output, 1), projected_bytes=1 << 40)
    assert not output.manifests()


def test_the_peak_is_measured(engine, workspace):
    output = workspace.output("counts", "e-1")
    size = 200 << 20
    with engine.produce(output, parameters={}, inputs={}) as job:
        manifest = job.run("counts: hungry", hungry, {"x": (output, "x", size)}, projected_bytes=size)["x"]
    assert size < manifest.peak_bytes < size + engine.baseline_bytes + (100 << 20)


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("ours", EncodingError, "line 3 of a.txt"),
        ("other", TaskFailedError, "counts: fail failed at bad: ValueError: boom"),
    ],
)
def test_errors_name_what_failed(engine, workspace, kind, error, says):
    output = workspace.output("counts", "f-1")
    with engine.produce(output, parameters={}, inputs={}) as job, pytest.raises(error, match=says):
        job.run("counts: fail", failing, {"bad": (output, "bad", kind)}, projected_bytes=1)


def either(output: Output, name: str, task: Callable[..., Manifest], value: int | str) -> Manifest:
    return task(output, name, value)


def test_of_many_tasks_those_that_kill_their_worker_each_time_are_named_and_all_others_done(workspace, tmp_path):
    output = workspace.output("counts", "g-1")
    items = {
        "poison": (output, "poison", failing, "dies"),
        "accident": (output, "accident", dies_once, str(tmp_path / "marker")),
        **{name: (output, name, square, value) for name, (_, _, value) in squares(output, 4).items()},
    }
    settings = {
        # A task is given up at the second death of a worker that holds it: here four at once, one of them bad.
        "distributed.scheduler.allowed-failures": 1,
        # Dask would give the worker up that takes longer than this to be back.
        "distributed.deploy.lost-worker-timeout": "50ms",
    }
    with (
        dask.config.set(settings),
        open_engine(Resources(workers=1)) as engine,
        engine.produce(output, parameters={}, inputs={}) as job,
        pytest.raises(WorkerKilledError, match=r"worked on poison \(a\.txt, bytes 5 to 9\), most likely") as raised,
    ):
        job.run("counts: either", either, items, projected_bytes=1, places={"poison": "a.txt, bytes 5 to 9"})
    assert raised.value.blocks == ("poison",)
    assert output.manifests().keys() == items.keys() - {"poison"}


def test_a_dead_worker_heals(workspace, tmp_path):
    output = workspace.output("counts", "h-1")
    with open_engine() as engine, engine.produce(output, parameters={}, inputs={}) as job:
        made = job.run("counts: die", dies_once, {"x": (output, "x", str(tmp_path / "marker"))}, projected_bytes=1)
    assert list(made) == ["x"]


def once_more(marker: str) -> int:
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return os.getpid()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.mark.timeout(60)
def test_a_task_that_would_rather_run_where_nobody_is_any_more_runs_where_somebody_is(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_POLL", 0.5)
    with open_engine(Resources(workers=1)) as engine:
        (home,) = engine.addresses()
        first = engine.submit("sgns: train", once_more, str(tmp_path / "marker"), near=home)
        second = engine.submit("sgns: train", add, first, 0, near=home)
        assert engine.wait([second], "a number")[0] > 0
        assert engine.addresses() != [home]


def test_running_tasks_are_heard(engine, workspace, tmp_path):
    heard: list[Event] = []
    marker = tmp_path / "heard"

    def listener(event: Event) -> None:
        heard.append(event)
        if event.kind == "advance" and event.done > 0:
            marker.touch()

    output = workspace.output("counts", "i-1")
    engine.listener, before = listener, engine.listener
    try:
        with engine.produce(output, parameters={}, inputs={}) as job:
            job.run(
                "counts: talk",
                talking,
                {"x": (output, "x", str(marker))},
                projected_bytes=1,
                unit="tokens",
                weights={"x": 1000},
            )
    finally:
        engine.listener = before
    assert heard[0] == Event("begin", "counts: talk", 0, 1000, "tokens")
    assert heard[-1] == Event("end", "counts: talk", 1000, 1000, "tokens")
    assert any(0 < event.done < 1000 for event in heard)


def test_futures_feed_one_another(engine):
    first = [engine.submit("sgns: add", add, i, 1) for i in range(3)]
    second = [engine.submit("sgns: add", add, a, b) for a, b in pairwise(first)]
    assert engine.wait(second, "sums") == [3, 5]


def test_the_callers_client_is_used_and_left_open(engine):
    with open_engine(client=engine.client) as mine:
        assert mine.client is engine.client
    assert engine.client.status == "running"


def test_only_in_workers_of_ours_is_what_is_there_never_searched_for_garbage_again(engine, monkeypatch):
    engine.client.run(introduce, __version__, None, None)
    assert min(engine.client.run(gc.get_freeze_count).values()) > 0
    assert OURS not in os.environ, "another's workers would inherit it"
    monkeypatch.setattr(gc, "freeze", lambda: pytest.fail("another's worker"))
    theirs = SimpleNamespace(nthreads=1, memory_limit=1 << 30)
    worker = SimpleNamespace(nanny="tcp://theirs", memory_manager=theirs, state=theirs, metrics={})
    introduce(__version__, None, None, worker)  # type: ignore[arg-type]


def test_what_is_no_client_is_refused():
    with pytest.raises(ParameterError, match="client is 5; it must be a dask"), open_engine(client=5):  # type: ignore[arg-type]
        pass


def test_workers_too_small_to_start_are_refused():
    with pytest.raises(MemoryPromiseError, match="256MiB"), open_engine(Resources(memory_limit=100 << 20)):
        pass
