"""What the scale runs found, as a table and as a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HEADINGS = (
    "tokens", "stage", "wall s", "CPU s", "us/token", "peak MiB", "projected", "disk peak MiB", "at end", "non-zeros"
)  # fmt: skip


def as_table(found: list[dict[str, Any]]) -> str:
    """A row for each stage of each size, and one for the sum of each size without SGNS, which is cut short."""
    rows = [list(HEADINGS)]
    for size in found:
        rows += [_row(stage) for stage in size["stages"]]
        whole = [stage for stage in size["stages"] if not stage["interrupted"]]
        wall, cpu = (sum(stage[name] for stage in whole) for name in ("wall", "cpu"))
        tokens = size["stages"][0]["tokens"]
        rows.append([f"{tokens:,}", "all but cut", f"{wall:.1f}", f"{cpu:.1f}", f"{1e6 * cpu / tokens:.3f}"])
    widths = [max(len(row[column]) for row in rows if len(row) > column) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False)) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def cost(stage: dict[str, Any]) -> float:
    """Microseconds of CPU for each token; of an interrupted stage, from its rate on one thread."""
    if stage["interrupted"]:
        return 1e6 / stage["tokens_per_second"] if stage["tokens_per_second"] else float("nan")
    return float(1e6 * stage["cpu"] / stage["tokens"])


def draw(found: list[dict[str, Any]], path: Path) -> Path | None:
    """Draw cost per token against tokens, a line for each stage; None where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for number, stage in enumerate(found[0]["stages"]):
        points = [(size["stages"][number]["tokens"], cost(size["stages"][number])) for size in found]
        axes.loglog(*zip(*points, strict=True), marker="o", label=stage["stage"])
    axes.set(xlabel="tokens", ylabel="CPU microseconds per token", title=f"{found[0]['workers']} workers")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path)
    return path


def _row(stage: dict[str, Any]) -> list[str]:
    mebibytes = (stage[name] / 2**20 for name in ("peak_bytes", "projected_bytes", "disk_peak_bytes", "disk_bytes"))
    return [
        f"{stage['tokens']:,}",
        stage["stage"] + (" (cut)" if stage["interrupted"] else ""),
        f"{stage['wall']:.1f}",
        f"{stage['cpu']:.1f}",
        f"{cost(stage):.3f}",
        *(f"{size:,.0f}" for size in mebibytes),
        f"{stage['nonzeros']:,}" if "nonzeros" in stage else "",
    ]
