"""Several ways to one result, timed in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal, NamedTuple

from tests.benchmarks.place import Open, Place, apart
from tests.benchmarks.spent import Spent
from tests.benchmarks.warmth import touch_memory
from tests.benchmarks.way import Absent, Command, Way

Check = Callable[[Any, Any], str]


def unchecked(ours: Any, theirs: Any) -> str:
    """For two ways of our own, whose results are compared elsewhere."""
    return ""


class Rival(NamedTuple):
    """Another way, and what compares its result with ours.

    Parameters
    ----------
    way
        The other way.
    check
        Takes what our run and the other's came to; raises AssertionError where that must be equal and is not.
        Returns what to print.
    """

    way: Way | Command | Absent
    check: Check = unchecked


@dataclass(frozen=True)
class Contest:
    """One stage beside its rivals.

    Parameters
    ----------
    stage
        Such as ``counts``.
    what
        What is done, on how much.
    work
        How many tokens, or other units, one run goes through.
    ours
        Our way.
    rivals
        The others.
    unit
        Of ``work``.
    clock
        Which seconds are compared.
    """

    stage: str
    what: str
    work: int
    ours: Way | Command
    rivals: Sequence[Rival]
    unit: str = "tokens"
    clock: Literal["cpu", "wall"] = "cpu"

    def against(self, tools: Sequence[str]) -> Contest | None:
        """The same with the rivals of some tools only; None if there are none."""
        rivals = [rival for rival in self.rivals if rival.way.tool in tools]
        return Contest(**{**vars(self), "rivals": rivals}) if rivals else None


@dataclass(frozen=True)
class Result:
    """Our runs and one rival's.

    Parameters
    ----------
    contest
        What was run.
    rival
        The other way.
    ours, theirs
        What each run took, in order: the runs were taken in turns.
    checked
        What the check had to say.
    """

    contest: Contest
    rival: Way | Command
    ours: list[Spent]
    theirs: list[Spent]
    checked: str

    @property
    def key(self) -> str:
        """What tells this comparison from the others."""
        return f"{self.contest.stage}: {self.contest.what}, {self.contest.ours.name}, against {self.rival.name}"

    @property
    def ratios(self) -> list[float]:
        """How many times the seconds the rival took, for each turn."""
        of = self.contest.clock
        return [getattr(b, of) / getattr(a, of) for a, b in zip(self.ours, self.theirs, strict=True)]

    def rate(self, runs: list[Spent]) -> float:
        """Units of work in a second."""
        return self.contest.work / median(getattr(run, self.contest.clock) for run in runs)

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-able."""
        contest = self.contest
        return {
            "key": self.key,
            **{name: getattr(contest, name) for name in ("stage", "what", "work", "unit", "clock")},
            "tool": self.rival.tool,
            "ours": {"name": contest.ours.name, "runs": [run._asdict() for run in self.ours]},
            "theirs": {"name": self.rival.name, "runs": [run._asdict() for run in self.theirs]},
            "ratio": median(self.ratios),
            "ratios": self.ratios,
            "per_second": self.rate(self.ours),
            "theirs_per_second": self.rate(self.theirs),
            "checked": self.checked,
        }


@dataclass
class _Corner:
    """A way that is in the ring."""

    place: Place
    runs: list[Spent] = field(default_factory=list)

    def turn(self) -> None:
        self.runs.append(self.place.run())


def hold(contest: Contest, runs: int, place: Open = apart, before: Callable[[], object] = touch_memory) -> list[Result]:
    """Go all ways once for warmth, then in turns ``runs`` times for the clock; what the last runs came to is checked.

    In turns, because whatever else the machine does then falls on all alike; ``before`` each.
    """
    present = [rival for rival in contest.rivals if not isinstance(rival.way, Absent)]
    with ExitStack() as stack:
        ways = [contest.ours, *(rival.way for rival in present)]
        corners = [_Corner(stack.enter_context(closing(place(way)))) for way in ways]
        for corner in corners:
            corner.place.run()
        for _ in range(runs):
            for corner in corners:
                before()
                corner.turn()
        found = corners[0].place.found()
        checked = [rival.check(found, corner.place.found()) for rival, corner in zip(present, corners[1:], strict=True)]
    ours, *others = (corner.runs for corner in corners)
    return [Result(contest, rival.way, ours, *rest) for rival, *rest in zip(present, others, checked, strict=True)]
