"""Stage after stage, each contest of it held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from tests.benchmarks import (
    counts,
    formats,
    pmi,
    processes,
    queries,
    scaling,
    sgns,
    spmm,
    start,
    stream,
    svd,
    text,
    tokens,
    vocabulary,
    wiki,
)
from tests.benchmarks.contest import Contest, Result, hold
from tests.benchmarks.desk import Desk
from tests.benchmarks.peers import TOOLS
from tests.benchmarks.place import Open, apart
from tests.benchmarks.warmth import touch_memory
from tests.benchmarks.way import Absent

STAGES: dict[str, ModuleType] = {
    "vocabulary": vocabulary,
    "tokens": tokens,
    "counts": counts,
    "text": text,
    "pmi": pmi,
    "svd": svd,
    "spmm": spmm,
    "stream": stream,
    "sgns": sgns,
    "queries": queries,
    "scaling": scaling,
    "processes": processes,
    "wiki": wiki,
    "formats": formats,
    "start": start,
}


@dataclass
class Findings:
    """What was found so far.

    Parameters
    ----------
    results
        Of all contests held.
    absent
        The ways that could not be gone, with their stage.
    """

    results: list[Result] = field(default_factory=list)
    absent: list[tuple[str, Absent]] = field(default_factory=list)


def run_stages(
    desk: Desk,
    stages: Iterable[str],
    runs: int,
    *,
    against: Sequence[str] = TOOLS,
    place: Open = apart,
    before: Callable[[], object] = touch_memory,
) -> Iterator[Findings]:
    """What is found, told again whenever there is more of it.

    Parameters
    ----------
    desk
        What the contests of these stages are held on.
    runs
        How often each way is timed.
    against
        The tools whose ways are gone.
    place
        Where ways are gone.
    before
        What is done before each run, and is not timed.
    """
    findings = Findings()
    for contest in _contests(desk, stages, against):
        gone = [(contest.stage, rival.way) for rival in contest.rivals if isinstance(rival.way, Absent)]
        findings.absent += [each for each in gone if each not in findings.absent]
        if len(gone) < len(contest.rivals):
            findings.results += hold(contest, runs, place, before)
        yield findings


def _contests(desk: Desk, stages: Iterable[str], against: Sequence[str]) -> Iterator[Contest]:
    for stage in stages:
        for contest in STAGES[stage].contests(desk):
            if chosen := contest.against(against):
                yield chosen
