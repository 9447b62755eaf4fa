"""Results as a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tests.benchmarks.contest import Result
from tests.benchmarks.spent import Spent
from tests.benchmarks.way import Absent

HEADINGS = (
    "stage", "timed", "against", "ratio", "CPU s", "theirs", "wall s", "theirs", "MiB", "theirs", "a second", "outputs"
)  # fmt: skip


def as_table(results: Sequence[Result], absent: Sequence[tuple[str, Absent]]) -> str:
    """A row for each comparison, then a line for each that could not be made, with its reason."""
    rows = [list(HEADINGS), *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    skipped = [f"skipped: {stage} against {way.name}: {way.reason}" for stage, way in absent]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], *skipped])


def _row(result: Result) -> list[str]:
    ratios, contest = result.ratios, result.contest
    both = result.ours, result.theirs
    return [
        contest.stage,
        f"{contest.what} ({contest.ours.name})",
        result.rival.name,
        f"{median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]" + " wall" * (contest.clock == "wall"),
        *(f"{_middle(runs, 'cpu'):.3f}" for runs in both),
        *(f"{_middle(runs, 'wall'):.3f}" for runs in both),
        *(f"{_middle(runs, 'peak') / 2**20:,.0f}" for runs in both),
        f"{_short(result.rate(result.ours))} {contest.unit}",
        result.checked,
    ]


def _middle(runs: list[Spent], name: str) -> float:
    return median(getattr(run, name) for run in runs)


def _short(number: float) -> str:
    """Three digits and a unit.

    Examples
    --------
    >>> _short(3.456e9), _short(12_345_678), _short(2.5)
    ('3.46 G', '12.3 M', '2.5')
    """
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"
