"""Two threads, or two processes, beside one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.engine import open_engine
from dsgns.parameters import CountsParameters, Resources, SGNSParameters
from dsgns.store import Output
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk, Encoded
from tests.benchmarks.sgns import Trained, ours
from tests.benchmarks.way import Trial, Way
from tests.benchmarks.wiki import workers_contest

COUNTS_TOKENS = 40_000_000
"""So many, where the corpus has them, that counting takes seconds and starting the stage little beside it."""

SGNS_TOKENS = 16_000_000
"""So many that a thread that has nothing left to do at the end is little beside the whole."""

SHARD = 4 << 20
"""Bytes of text for a task, so that there is enough of them for two."""


def contests(desk: Desk) -> Iterator[Contest]:
    """On the wall: how many times faster two workers or threads are.

    One worker is not one core: a thread of it forces files onto the disk, and Dask has threads and processes of its
    own. So two workers are beside one that has all cores, and one that has a single core for all that belongs to it.
    """
    made = desk.encoded(desk.tokens(COUNTS_TOKENS))
    two, one, alone = (
        Way("dsgns", f"{workers} worker(s){on}", counting, (made, CountsParameters(), workers, cores))
        for workers, on, cores in ((2, "", None), (1, "", None), (1, " on one core", 1))
    )
    what, tokens = f"counting, {made.size}, window 10", made.tokens.facts["tokens"]
    yield Contest("scaling", what, tokens, two, [Rival(one, equal), Rival(alone, equal)], clock="wall")
    yield workers_contest(desk)
    made = desk.encoded(desk.tokens(SGNS_TOKENS))
    parameters = SGNSParameters(vector_size=100, alpha=0.025, epochs=1)
    two, one = (
        Way("dsgns", f"{threads} thread(s)", ours, (made, replace(parameters, threads=threads))) for threads in (2, 1)
    )
    what, tokens = f"SGNS, one epoch, {made.size}, d=100", made.tokens.facts["tokens"]
    yield Contest("scaling", what, tokens, two, [Rival(one, both_losses)], clock="wall")


@contextmanager
def on_cores(number: int | None) -> Iterator[None]:
    """Keep this thread, and the threads and processes that it starts, to so many cores; None for all that there are."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(cores)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def counting(made: Encoded, parameters: CountsParameters, workers: int, cores: int | None) -> Trial:
    """Our stage on worker processes that are there already."""
    stack = ExitStack()
    stack.enter_context(on_cores(cores))
    resources = Resources(workers=workers, memory_limit=2 << 30, shard_size=SHARD)
    engine = stack.enter_context(open_engine(resources))

    def run() -> Output:
        return count_cooccurrences(engine, made.workspace, made.tokens, parameters)

    output = run()
    return Trial(run, lambda: output.remove(""), lambda output: in_memory(output).data.sum(), stack.close)


def equal(ours: int, theirs: int) -> str:
    """The same counts in all."""
    assert ours == theirs
    return "sums equal"


def both_losses(ours: Trained, theirs: Trained) -> str:
    """Two threads race, so that the vectors differ a little."""
    return f"loss of a pair {ours.losses[0]:.3f}, one thread {theirs.losses[0]:.3f}"
