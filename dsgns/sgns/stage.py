"""The prediction road: encoded corpus in, input and output vectors out."""

from __future__ import annotations

from functools import partial
from typing import Any

from dsgns.engine import Engine, Job, Keeping
from dsgns.errors import RunStoppedError
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import HISTORIES, START, STATES, History, history_name, read_history
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import MATRICES, Grid, block_name, row_grid
from dsgns.sgns.plan import model_bytes, projected_block, room_for_interval
from dsgns.sgns.schedule import intervals
from dsgns.sgns.stage_checkpoint import last_checkpoint
from dsgns.sgns.stage_kept import BEST, Keeper
from dsgns.sgns.stage_kept import LABEL as VECTORS
from dsgns.sgns.stage_rounds import train_replicas
from dsgns.sgns.stage_shards import LABEL
from dsgns.sgns.stage_start import write_start
from dsgns.sgns.stage_subsampled import tell_subsampled
from dsgns.sgns.task import train_interval, write_vectors
from dsgns.sgns.task_filed import train_filed_interval
from dsgns.store import Output, Workspace, key_of

VERSION, MERGING = 2, 4  # of what one replica, and what several, come to


def sgns_key(tokens: Output, parameters: SGNSParameters, trained: int | None = None, total: int = 0) -> str:
    """The key of the vectors that these parameters make of these tokens, or have made after ``trained`` of all."""
    readable = f"d{parameters.vector_size}-w{parameters.window}-k{parameters.negative}-e{parameters.epochs}"
    if parameters.replicas > 1:
        readable += f"-r{parameters.replicas}"
    if parameters.continue_from:
        readable += "-more"
    early = {} if trained is None else {"trained": trained}
    if trained is not None:
        readable += f"-at{100 * trained // total}"
    version = VERSION if parameters.replicas == 1 else MERGING
    return key_of(readable, version, tokens=tokens.key, parameters=parameters.ingredients(), **early)


def train(engine: Engine, workspace: Workspace, tokens: Output, parameters: SGNSParameters) -> Output:
    """Train skip-gram vectors with negative sampling.

    Blocks ``input/<k>`` and ``output/<k>`` hold the rows of the two matrices, float32. An interrupted training goes
    on from its last checkpoint and comes to the same vectors, to the bit where each replica has one thread.

    Where a callback stops it, what comes back are the vectors so far, or the best of them, a result of their own: the
    same call goes on.

    Raises
    ------
    MemoryPromiseError
        If a task would not fit the workers.
    DivergedError
        If the vectors leave the finite numbers.
    """
    output = workspace.output("sgns", sgns_key(tokens, parameters))
    if engine.reuse(output):
        return output
    length, vocabulary_size = tokens.facts["ids"], tokens.facts["vocabulary_size"]
    corpus = Corpus(tokens, workspace.output("vocabulary", tokens.facts["vocabulary"]))
    grid = row_grid(vocabulary_size, parameters.vector_size, parameters.replicas)
    about = {"parameters": parameters.to_dict(), "inputs": {"tokens": tokens.key}}
    plan = {"grid": grid} | ({"watched": True} if engine.watch.callbacks else {})
    with engine.produce(output, **about, plan=lambda: plan) as job:
        grid = [(start, stop) for start, stop in job.plan["grid"]]
        if parameters.continue_from:
            write_start(engine, workspace, job, corpus, parameters, grid)
        run = _train_one if parameters.replicas == 1 else train_replicas
        keeper = Keeper(
            engine, output, parameters, grid, partial(_facts, tokens, parameters), partial(sgns_key, tokens, parameters)
        )
        try:
            number, history, seconds = run(job, corpus, parameters, grid, length, keeper)
        except RunStoppedError as stop:
            if keeper.kept is None:
                raise
            job.note(keeper.told or f"{stop} Its vectors so far are {keeper.kept.name}.")
            return keeper.kept
        _write_vectors(job, parameters, grid, number)
        tell_subsampled(job, corpus, parameters, history.subsampled)
        facts = _facts(tokens, parameters, history) | {"tokens_per_second": _rate(length * parameters.epochs, seconds)}
        if better := keeper.end(history):
            job.note(better)
        return job.finish(facts, drop=(STATES, HISTORIES, BEST, START))


def _train_one(
    job: Job, corpus: Corpus, parameters: SGNSParameters, grid: Grid, length: int, keep: Keeping
) -> tuple[int, History, float]:
    """Train one replica, interval after interval; returns the last checkpoint, the history and the seconds."""
    vocabulary_size = grid[-1][1]
    last_checkpoint(job.engine, job.output, grid)
    steps = intervals(parameters, length, vocabulary_size, watched=job.plan.get("watched", False))
    room = room_for_interval(corpus.counts, parameters, grid, job.engine.allowed_bytes)
    about: tuple[Any, ...] = (grid,) if room.chunk is None else (grid, room.chunk)
    if room.chunk is not None and room.projected <= job.engine.allowed_bytes:
        model = model_bytes(vocabulary_size, parameters.vector_size) >> 20
        job.note(f"the model of {model:,} MiB lies in a file; rows are read and written every {room.chunk:,} tokens")
    made = job.run(
        LABEL,
        train_interval if room.chunk is None else train_filed_interval,
        {
            history_name(number): (job.output, corpus, parameters, number, between, *about)
            for number, between in enumerate(steps)
        },
        projected_bytes=room.projected,
        unit="tokens",
        weights={history_name(number): last - first for number, (first, last) in enumerate(steps)},
        in_order=True,
        keep=keep,
    )
    number = len(steps) - 1
    return number, read_history(job.output, number), sum(manifest.seconds for manifest in made.values())


def _write_vectors(job: Job, parameters: SGNSParameters, grid: Grid, number: int) -> None:
    """Copy the last checkpoint to where vectors are read from."""
    job.run(
        VECTORS,
        write_vectors,
        {
            block_name(matrix, k): (job.output, matrix, k, rows, number, parameters.vector_size)
            for matrix in MATRICES
            for k, rows in enumerate(grid)
        },
        projected_bytes=projected_block(parameters, grid),
    )


def _facts(tokens: Output, parameters: SGNSParameters, history: History) -> dict[str, Any]:
    return {
        "tokens": tokens.key,
        "vocabulary": tokens.facts["vocabulary"],
        "vocabulary_size": tokens.facts["vocabulary_size"],
        "vector_size": parameters.vector_size,
        **history.to_facts(),
    }


def _rate(trained: int, seconds: float) -> int:
    return round(trained / seconds) if seconds > 0 else 0
