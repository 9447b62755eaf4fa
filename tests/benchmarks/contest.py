"""Two ways to one result, timed in turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple


def nothing() -> None:
    """What happens before a run that needs no preparation."""


@dataclass(frozen=True)
class Contest:
    """One stage and a peer of it.

    Parameters
    ----------
    stage
        Such as ``counts``.
    what
        What is timed, on how much.
    against
        What the peer is.
    tokens
        How many tokens one run goes through.
    ours, peer
        The two ways.
    check
        Compares what they returned, raises AssertionError where that must be equal and is not; what to print.
    before_ours
        What is to be done before every run of ours, and is not timed.
    """

    stage: str
    what: str
    against: str
    tokens: int
    ours: Callable[[], Any]
    peer: Callable[[], Any]
    check: Callable[[Any, Any], str]
    before_ours: Callable[[], None] = nothing


class Seconds(NamedTuple):
    """What one run took."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class Result:
    """The runs of a contest.

    Parameters
    ----------
    contest
        What was run.
    ours, peer
        Seconds of each run, in order: the runs were taken in turns.
    checked
        What the check had to say.
    """

    contest: Contest
    ours: list[Seconds]
    peer: list[Seconds]
    checked: str

    @property
    def ratios(self) -> list[float]:
        """How many times the CPU seconds the peer took, for each turn."""
        return [peer.cpu / ours.cpu for ours, peer in zip(self.ours, self.peer, strict=True)]

    def rate(self, seconds: list[Seconds]) -> float:
        """Tokens a CPU second."""
        return self.contest.tokens / median(run.cpu for run in seconds)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        contest = self.contest
        return {
            **{name: getattr(contest, name) for name in ("stage", "what", "against", "tokens")},
            "ours": [run._asdict() for run in self.ours],
            "peer": [run._asdict() for run in self.peer],
            "ratio": median(self.ratios),
            "ratios": self.ratios,
            "tokens_per_cpu_second": self.rate(self.ours),
            "peer_tokens_per_cpu_second": self.rate(self.peer),
            "checked": self.checked,
        }


def hold(contest: Contest, runs: int) -> Result:
    """Run both ways once for warmth and the check, then in turns ``runs`` times for the clock.

    In turns, because whatever else the machine does then falls on both alike.
    """
    contest.before_ours()
    checked = contest.check(contest.ours(), contest.peer())
    ours, peer = [], []
    for _ in range(runs):
        contest.before_ours()
        ours.append(clocked(contest.ours))
        peer.append(clocked(contest.peer))
    return Result(contest, ours, peer, checked)


def clocked(run: Callable[[], Any]) -> Seconds:
    """CPU seconds of all threads of this process, and seconds on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return Seconds(time.process_time() - cpu, time.perf_counter() - wall)
