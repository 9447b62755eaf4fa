"""Before any work, each worker must be of the client's version and see what the client sees."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from distributed import Client, Worker

from dsgns.corpus.marks import marks, unseen
from dsgns.corpus.sources import find_sources
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Engine, deadline, meeting, open_engine, run, workers
from dsgns.engine import worker as worker_module
from dsgns.engine.meeting import ask_workers
from dsgns.errors import ClusterError
from dsgns.parameters import CorpusParameters, Resources
from dsgns.store import Workspace
from tests.chaos.cluster import Cluster
from tests.support.corpora import write_lines

pytestmark = pytest.mark.cluster


def patient(seconds: float) -> Callable[[], None]:
    """What sets the patience of a worker's process."""

    def apply() -> None:
        worker_module._SHOWN = seconds

    return apply


def test_a_worker_of_another_version_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "__version__", "99.0")
    with pytest.raises(ClusterError, match=r"Worker tcp://127\.0\.0\.1:\d+ on host .* runs dsgns .*, the client 99\.0"):
        engine.weigh()


def test_a_worker_with_another_workspace_is_named(engine: Engine) -> None:
    # In memory, each process has a workspace of its own under this name.
    output = Workspace.create("memory://apart").output("counts", "a-1")
    engine.client.run(patient(0.1))
    try:
        with pytest.raises(
            ClusterError, match=r"Worker tcp://127\.0\.0\.1:\d+ .* does not see the workspace memory://"
        ):
            with engine.produce(output, parameters={}, inputs={}):
                pass
    finally:
        engine.client.run(patient(15.0))
    assert output.plan is None, "nothing was begun"


def test_a_worker_that_finds_other_text_is_named(engine: Engine, workspace: Workspace) -> None:
    with fsspec.open("memory://apart/corpus.txt", "w") as file:
        file.write("some text\n")
    with pytest.raises(ClusterError, match=r"Worker tcp.* of memory:/+apart/corpus\.txt the client sees 10 bytes"):
        prepare_corpus(engine, workspace, ["memory://apart/corpus.txt"], CorpusParameters())


def test_copies_of_the_text_are_as_good(tmp_path: Path) -> None:
    text = write_lines(tmp_path / "corpus.txt", ["some text"] * 1000)
    marked = marks(find_sources([text]))
    assert unseen(marked) == ""
    os.utime(text, (0, 0))
    assert unseen(marked) == ""
    Path(text).write_text(Path(text).read_text().replace("text", "test"))
    assert "10000 bytes" in unseen(marked)
    Path(text).unlink()
    assert "No such file" in unseen(marked)


def test_of_many_files_a_few_are_looked_at(tmp_path: Path) -> None:
    for number in range(50):
        write_lines(tmp_path / f"{number:02d}.txt", ["some text"])
    assert 4 <= len(marks(find_sources([str(tmp_path)]))) <= 8


def die_once(marker: str, dask_worker: Worker) -> int:
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return os.getpid()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_worker_that_dies_over_a_question_is_left_out_until_it_is_back(tmp_path: Path) -> None:
    with open_engine(Resources(workers=1, memory_limit=1 << 30)) as engine:
        assert len(ask_workers(engine.client, die_once, str(tmp_path / "marker"))) == 1


def process() -> int:
    return os.getpid()


def test_a_worker_that_does_not_answer_is_named(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    processes = ask_workers(engine.client, process)
    silent = min(processes)
    monkeypatch.setattr(meeting, "ANSWERS", 1.0)
    os.kill(processes[silent], signal.SIGSTOP)
    try:
        with pytest.raises(ClusterError, match="has not answered for 1 s"):
            ask_workers(engine.client, process)
    finally:
        os.kill(processes[silent], signal.SIGCONT)


def failing() -> float:
    return 1 / 0


def test_a_question_that_fails_is_told(engine: Engine) -> None:
    with pytest.raises(ClusterError, match=r"Worker tcp.* cannot answer \(\w+Error: .*does it run dsgns"):
        ask_workers(engine.client, failing)


def lacking() -> None:
    raise ModuleNotFoundError("No module named 'zstandard.backend'", name="zstandard.backend")


def test_the_module_that_a_worker_lacks_is_named(engine: Engine) -> None:
    with pytest.raises(ClusterError, match=r"Worker tcp.* has no module zstandard\.backend, which the client has"):
        ask_workers(engine.client, lacking)


def test_a_scheduler_that_is_stopped_is_given_up_wherever_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "SCHEDULER_ANSWERS", 0.5)
    monkeypatch.setattr(run, "SCHEDULER_LOST", 1.0)
    monkeypatch.setattr(run, "_POLL", 0.2)
    for name in ("NO_WORKERS", "SCHEDULER_ANSWERS"):
        monkeypatch.setattr(meeting, name, 1.0)
    with Cluster(tmp_path, workers=1) as cluster, open_engine(client=cluster.client) as engine:
        task = engine.submit("sgns: train", time.sleep, 60)
        os.kill(cluster.scheduler.pid, signal.SIGSTOP)
        with pytest.raises(ClusterError, match=r"Gave up after \d s of no scheduler while waiting for a round\."):
            engine.wait([task], "a round")
        with pytest.raises(ClusterError, match="The scheduler was lost: it does not tell its workers"):
            engine.addresses()
        with pytest.raises(ClusterError, match=r"The scheduler tcp://.* has not answered for 1 s"):
            engine.weigh()
        os.kill(cluster.scheduler.pid, signal.SIGCONT)


def test_a_result_on_a_worker_that_stands_still_is_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SCHEDULER_LOST", 0.2)
    future = engine.submit("counts", process)
    run.wait_some(engine.client, [future], "a block")
    (holder,) = engine.client.who_has([future])[future.key]
    stopped = engine.client.run(process, workers=[holder])[holder]
    os.kill(stopped, signal.SIGSTOP)
    waking = threading.Timer(1.5, os.kill, (stopped, signal.SIGCONT))
    waking.start()
    try:
        assert run.result_of(future, "counts", "a block") == stopped
    finally:
        waking.join()


def late() -> None:
    raise TimeoutError("the store is late")


def test_a_task_that_ends_because_something_was_late_has_ended(engine: Engine) -> None:
    future = engine.submit("counts", late)
    run.wait_some(engine.client, [future], "a block")
    with pytest.raises(ClusterError, match="the store is late"):
        run.result_of(future, "counts", "a block")


def test_workers_are_known_while_the_client_looks_for_itself(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every two seconds a client overwrites what it has been told, with a word that names no worker."""
    look = engine.client._update_scheduler_info

    async def looked_again(n_workers: int = 0) -> None:
        await look(n_workers=n_workers)
        await look()

    monkeypatch.setattr(engine.client, "_update_scheduler_info", looked_again)
    assert len(deadline.known_workers(engine.client)) == len(engine.addresses()) == 2
    assert len(deadline.known_workers(engine.client, most=1)) == 1


def test_those_that_are_left_are_asked_again_where_a_worker_went_at_the_moment_of_the_question(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever connects to it is refused, and tries again for half a minute."""
    monkeypatch.setattr(meeting, "_LOOK", 0.2)
    before, ended = {"tcp://127.0.0.1:1": {}}, threading.Event()
    known, run = deadline.known_workers, engine.client.run

    def known_workers(client: Client, most: int = -1) -> dict[str, object]:
        return {**known(client, most), **before}

    def run_at_once(*args: object, **named: object) -> object:
        if before:
            before.clear()
            ended.wait(30)
        return run(*args, **named)

    monkeypatch.setattr(meeting, "known_workers", known_workers)
    monkeypatch.setattr(engine.client, "run", run_at_once)
    began = time.monotonic()
    assert len(ask_workers(engine.client, process)) == 2
    assert time.monotonic() - began < 20
    ended.set()
