"""Stage after stage, each contest of it held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType

from threadpoolctl import threadpool_limits

from tests.benchmarks import counts, pmi, sgns, svd, tokens, vocabulary
from tests.benchmarks.contest import Contest, Result, hold
from tests.benchmarks.desk import Desk

STAGES: dict[str, ModuleType] = {
    "vocabulary": vocabulary,
    "tokens": tokens,
    "counts": counts,
    "pmi": pmi,
    "svd": svd,
    "sgns": sgns,
}


def run_stages(
    desk: Desk, stages: Iterable[str], runs: int, tell: Callable[[str], None] = lambda _: None
) -> tuple[list[Result], dict[str, str]]:
    """The results of all contests of some stages, and why a stage was skipped.

    Parameters
    ----------
    desk
        What they are held on.
    runs
        How often each way is timed.
    tell
        Hears what is being done.
    """
    results: list[Result] = []
    skipped: dict[str, str] = {}
    with threadpool_limits(1):
        for stage in stages:
            try:
                for contest in _told(STAGES[stage].contests(desk), tell):
                    results.append(hold(contest, runs))
            except ModuleNotFoundError as error:
                skipped[stage] = f"{error.name} is not installed; pip install 'dsgns[peers]'"
    return results, skipped


def _told(contests: Iterator[Contest], tell: Callable[[str], None]) -> Iterator[Contest]:
    for contest in contests:
        tell(f"{contest.stage}: {contest.what}, against {contest.against}")
        yield contest
