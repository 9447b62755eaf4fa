"""A scheduler and workers as Dask's command line starts them: two workers beside one, and sixteen beside one."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from distributed import Client

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.engine import Engine, open_engine
from dsgns.engine.cluster import HEAP
from dsgns.engine.deadline import known_workers
from dsgns.parameters import CountsParameters, PMIParameters, Resources, SGNSParameters, SVDParameters
from dsgns.sgns.stage import train
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from dsgns.svd.stage import factorize
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, Encoded
from tests.benchmarks.scaling import COUNTS_TOKENS, SGNS_TOKENS, SHARD
from tests.benchmarks.way import Trial, Way
from tests.support.processes import running, wait_until

MANY = 16
SIZE = 100
REPLICAS = 4

# What deploy/dask.yaml says, but for encryption: all of it is on one host.
_SETTINGS = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
    **{name: str(size) for name, size in HEAP.items()},
}

Stage = Callable[[Engine, Workspace], Output]


def contests(desk: Desk) -> Iterator[Contest]:
    """On the wall two workers beside one; in CPU seconds one beside sixteen, on whatever cores there are."""
    counted, trained = desk.tokens(COUNTS_TOKENS), desk.tokens(SGNS_TOKENS)
    for name, stage, tokens in (
        ("counting, window 10", counting, counted),
        (f"SVD of counts, d={SIZE}", factorizing, counted),
        (f"SGNS, one epoch, {REPLICAS} replicas, d={SIZE}", training, trained),
    ):
        made = desk.encoded(tokens)
        if stage is factorizing:
            desk.counted(tokens, CountsParameters())
        one, two, many = (
            Way("dsgns", f"{workers} worker process(es)", on_workers, (stage, made, workers, desk.folder))
            for workers in (1, 2, MANY)
        )
        what, work = f"{name}, {made.size}", made.tokens.facts["tokens"]
        yield Contest("processes", what, work, two, [Rival(one, equal)], clock="wall")
        yield Contest("processes", what, work, one, [Rival(many, equal)], clock="cpu")


def counting(engine: Engine, workspace: Workspace) -> Output:
    """Tokens to counts."""
    return count_cooccurrences(engine, workspace, workspace.latest("tokens"), CountsParameters())


def factorizing(engine: Engine, workspace: Workspace) -> Output:
    """Counts to vectors."""
    return factorize(engine, workspace, workspace.latest("counts"), PMIParameters(), SVDParameters(vector_size=SIZE))


def training(engine: Engine, workspace: Workspace) -> Output:
    """Tokens to vectors, by as many replicas for any number of workers."""
    parameters = SGNSParameters(vector_size=SIZE, alpha=0.025, epochs=1, replicas=REPLICAS)
    return train(engine, workspace, workspace.latest("tokens"), parameters)


def on_workers(stage: Stage, made: Encoded, workers: int, folder: Path) -> Trial:
    """A stage on worker processes that are there already, in a workspace of its own."""
    stack = ExitStack()
    own = Path(stack.enter_context(TemporaryDirectory(dir=folder)))
    workspace = Workspace.open(shutil.copytree(made.workspace.url, str(own / "w.dsgns")))
    address = start(workers, own, stack)
    engine = stack.enter_context(open_engine(Resources(shard_size=SHARD), scheduler=address))

    def run() -> Output:
        return stage(engine, workspace)

    output = run()
    return Trial(run, lambda: output.remove(""), digests, stack.close)


def start(workers: int, folder: Path, stack: ExitStack) -> str:
    """The address of a scheduler that has so many workers; all are ended with the stack."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port = asking.getsockname()[1]
    dask, address = str(Path(sys.executable).with_name("dask")), f"tcp://127.0.0.1:{port}"
    settings = {**_SETTINGS, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0"]
    stack.enter_context(running(command, folder / "scheduler.log", settings))
    options = (
        f"--host 127.0.0.1 --nworkers 1 --nthreads 1 --memory-limit 2GiB --no-dashboard --local-directory {folder}"
    )
    command = [dask, "worker", address, *options.split()]
    for number in range(workers):
        stack.enter_context(running(command, folder / f"worker-{number}.log", settings))
    with Client(address, timeout=60, set_as_default=False) as client:
        wait_until("all workers", lambda: len(known_workers(client)) == workers)
    return address


def equal(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """The same bytes."""
    assert ours == theirs
    return "equal to the bit"
