"""What may happen to workers, disks and stored bytes: the run goes on or says why not, and the values are the same."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import dask
import numpy as np
import pytest

from dsgns import pipeline
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.engine import Engine, open_engine
from dsgns.errors import WorkerKilledError, WorkspaceBusyError, WorkspaceError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.store import Manifest, Output, Workspace
from dsgns.store.digest import digests
from dsgns.store.workspace import STAGES
from tests.chaos.cluster import Cluster, kill
from tests.support.corpora import write_lines, zipf_lines
from tests.support.processes import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

PARAMETERS = TrainParameters.from_options(vector_size=16, min_count=2, window=3, epochs=1, power_iterations=1)
MADE = ("vocabulary", "tokens", "counts", "marginals", "ppmi", "svd", "sgns")


def train(engine: Engine, text: str, url: str) -> None:
    """Both roads and the explicit matrix; finished outputs are reused."""
    workspace = Workspace.create(url)
    tokens = pipeline.encode(engine, workspace, [text], PARAMETERS)
    pipeline.walk_ppmi(engine, workspace, tokens, PARAMETERS)
    pipeline.walk(engine, workspace, [text], PARAMETERS)


def hashes(url: str) -> dict[str, dict[str, str]]:
    workspace = Workspace.open(url)
    return {
        f"{stage}/{key}": digests(workspace.output(stage, key)) for stage in STAGES for key in workspace.keys(stage)
    }


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_lines(tmp_path_factory.mktemp("text") / "corpus.txt", zipf_lines(20_000, types=400))


@pytest.fixture(scope="module")
def undisturbed(engine: Engine, text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("undisturbed") / "w.dsgns"
    train(engine, text, str(folder))
    return folder


# Damage done to stored blocks.


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("damage", [flip, truncate, Path.unlink])
def test_a_damaged_block_of_each_stage_is_made_anew(
    engine: Engine, text: str, undisturbed: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = Path(shutil.copytree(undisturbed, tmp_path / "w.dsgns"))
    for stage in MADE:
        chunks = [path for path in (folder / stage).rglob("*") if "c" in path.parts and path.is_file()]
        damage(max(chunks, key=lambda path: path.stat().st_size))
    train(engine, text, str(folder))
    assert hashes(str(folder)) == hashes(str(undisturbed))
    for stage in MADE:
        workspace = Workspace.open(str(folder))
        for output in workspace.complete(stage):
            assert all(output.check(name) for name in output.record["blocks"])


# A disk that is full.


def fill_disk(full: bool, room: int = 0) -> None:
    """Have this process find no room for more than some files, as the system says it; or all the room there is."""
    left = iter(range(room))

    def write(self: Path, data: bytes) -> int:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return write_before(self, data)

    write_before = getattr(Path, "written", Path.write_bytes)
    Path.written = write_before  # type: ignore[attr-defined]
    Path.write_bytes = write if full else write_before  # type: ignore[method-assign]


def test_a_disk_that_is_full_ends_the_run_and_once_freed_the_same_call_goes_on(
    engine: Engine, text: str, undisturbed: Path, tmp_path: Path
) -> None:
    url = str(tmp_path / "w.dsgns")
    workspace = Workspace.create(url)
    tokens = pipeline.encode(engine, workspace, [text], PARAMETERS)
    try:
        for room in (0, 2, 5):
            engine.client.run(fill_disk, True, room)
            with pytest.raises(WorkspaceError, match=r"No space left below .*free some space and run the same command"):
                count_cooccurrences(engine, workspace, tokens, PARAMETERS.counts)
    finally:
        engine.client.run(fill_disk, False)
    written = {path: path.stat().st_mtime_ns for path in Path(url).rglob("c/*") if path.is_file()}
    train(engine, text, url)
    assert hashes(url) == hashes(str(undisturbed))
    finished = {path for path in written if "counts" not in path.parts}
    assert finished
    assert all(path.stat().st_mtime_ns == written[path] for path in finished)


# Two runs at once.


def test_of_two_runs_at_once_one_goes_on_and_the_other_is_told(
    engine: Engine, text: str, undisturbed: Path, tmp_path: Path
) -> None:
    url, ready = str(tmp_path / "w.dsgns"), threading.Barrier(2)
    Workspace.create(url)

    def run(number: int) -> bool:
        with open_engine(client=engine.client) as mine:
            ready.wait(20)
            try:
                train(mine, text, url)
            except WorkspaceBusyError as error:
                assert "Wait until that has ended" in str(error)  # noqa: PT017
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [False, True]
    assert hashes(url) == hashes(str(undisturbed))


# Workers that die, stand still, or leave.


def slowly(output: Output, name: str, seconds: float) -> Manifest:
    (output.files.path("") / f"begun-{name.replace('/', '-')}-{os.getpid()}").touch()  # type: ignore[operator]
    time.sleep(seconds)
    return output.write(name, {"seconds": np.array([seconds])})


def items(output: Output, number: int, seconds: float = 0.2) -> dict[str, tuple[Output, str, float]]:
    return {name: (output, name, seconds) for name in (f"blocks/{i:05d}" for i in range(number))}


def running(output: Output) -> list[tuple[str, int]]:
    """The tasks begun so far and the process of each."""
    folder = output.files.path("")
    assert folder is not None
    begun = (path.name.rsplit("-", 1) for path in folder.glob("begun-*"))
    return [(name.removeprefix("begun-blocks-"), int(process)) for name, process in begun]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("cluster"), silent=4, slow=False) as cluster:
        yield cluster


def kill_one(cluster: Cluster, processes: list[int]) -> None:
    kill(processes[0])


def kill_all(cluster: Cluster, processes: list[int]) -> None:
    for process in processes:
        kill(process)


def stop_one(cluster: Cluster, processes: list[int]) -> None:
    os.kill(processes[0], signal.SIGSTOP)
    address = next(address for address in cluster.addresses() if cluster.process(address) == processes[0])
    wait_until("a worker that is stopped to be dropped", lambda: address not in cluster.addresses(), 60)
    with suppress(ProcessLookupError):  # whoever watches over it may have killed it by then
        os.kill(processes[0], signal.SIGCONT)


def retire_one(cluster: Cluster, processes: list[int]) -> None:
    cluster.client.retire_workers([cluster.addresses()[0]])


@pytest.mark.parametrize("fault", [kill_one, kill_all, stop_one, retire_one])
def test_a_step_survives_what_happens_to_its_workers(
    cluster: Cluster, workspace: Workspace, fault: Callable[[Cluster, list[int]], None]
) -> None:
    cluster.complete()
    processes = [process for address in cluster.addresses() if (process := cluster.process(address)) is not None]
    output = workspace.output("counts", "a-1")

    def break_something() -> None:
        wait_until("both workers to work", lambda: {process for _, process in running(output)} >= {*processes}, 60)
        fault(cluster, processes)

    with open_engine(client=cluster.client) as engine, engine.produce(output, parameters={}, inputs={}) as job:
        with ThreadPoolExecutor(1) as pool:
            broken = pool.submit(break_something)
            made = job.run("counts: slow", slowly, items(output, 16), projected_bytes=1)
            broken.result()
        job.finish({})
    assert list(made) == list(items(output, 16))
    assert engine.reuse(output)


def test_a_worker_that_wakes_up_when_others_have_done_its_work_touches_nothing(
    cluster: Cluster, workspace: Workspace
) -> None:
    cluster.complete()
    output = workspace.output("counts", "a-1")
    alone = cluster.add_worker("--no-nanny")  # nobody else kills it when it is given up
    wait_until("it to join", lambda: len(cluster.addresses()) == 3, 60)

    def stop_it() -> None:
        wait_until("it to work", lambda: alone.pid in {process for _, process in running(output)}, 60)
        os.kill(alone.pid, signal.SIGSTOP)

    with open_engine(client=cluster.client) as engine, engine.produce(output, parameters={}, inputs={}) as job:
        with ThreadPoolExecutor(1) as pool:
            stopped = pool.submit(stop_it)
            job.run("counts: slow", slowly, items(output, 16), projected_bytes=1)
            stopped.result()
        written = block_times(output)
        os.kill(alone.pid, signal.SIGCONT)
        alone.wait(timeout=60)
        assert block_times(output) == written
        job.finish({})
    assert not [name for name in block_times(output) if "partial" in name]
    assert engine.reuse(output)


def block_times(output: Output) -> dict[str, int]:
    folder = output.files.path("")
    assert folder is not None
    return {
        str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and "blocks" in path.parts
    }


def hungry(output: Output, name: str) -> Manifest:
    held = []
    while True:
        held.append(bytearray(b"x") * (32 << 20))
        time.sleep(0.01)


def test_a_task_that_takes_more_memory_than_there_is_ends_the_run_not_the_machine(workspace: Workspace) -> None:
    output = workspace.output("counts", "a-1")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        open_engine(Resources(workers=1, memory_limit=768 << 20)) as engine,
        engine.produce(output, parameters={}, inputs={}) as job,
        pytest.raises(WorkerKilledError, match=r"worked on hungry \(a\.txt\), most likely for want of memory"),
    ):
        job.run("counts: hungry", hungry, {"hungry": (output, "hungry")}, projected_bytes=1, places={"hungry": "a.txt"})
