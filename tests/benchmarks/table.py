"""Results as a table for people."""

from __future__ import annotations

from statistics import median

from tests.benchmarks.contest import Result

HEADINGS = (
    "stage", "timed", "against", "CPU s", "peer", "ratio", "wall s", "peer", "tokens/s core", "peer", "outputs"
)  # fmt: skip


def as_table(results: list[Result], skipped: dict[str, str]) -> str:
    """A row for each contest, then one for each stage that was skipped, with its reason."""
    rows = [list(HEADINGS), *map(_row, results)]
    rows += [[stage, f"skipped: {reason}"] for stage, reason in skipped.items()]
    # The reason of a skipped row runs on into the columns that it leaves empty.
    widths = [max((len(row[column]) for row in rows if len(row) > 2), default=0) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _row(result: Result) -> list[str]:
    ratios = result.ratios
    return [
        result.contest.stage,
        result.contest.what,
        result.contest.against,
        *(f"{median(run.cpu for run in runs):.3f}" for runs in (result.ours, result.peer)),
        f"{median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]",
        *(f"{median(run.wall for run in runs):.3f}" for runs in (result.ours, result.peer)),
        *(f"{result.rate(runs):,.0f}" for runs in (result.ours, result.peer)),
        result.checked,
    ]
