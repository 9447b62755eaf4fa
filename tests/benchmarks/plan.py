"""What ``dsgns plan`` tells, beside what the run then takes.

    python -m tests.benchmarks.plan corpus.txt --prefixes 1e6 4e6 1e7 --method svd --vector-size 100

Plans a training on the first so many tokens of a text, runs it with the command line itself, and prints for each
stage, and for the whole run, what was measured and by how many times as much was planned. Memory is of the largest
worker, as the record of the run has it; disk is what a stage leaves there. Options that it does not
know are those of ``dsgns train``; both get them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.scale import prefixes
from tests.benchmarks.scale_run import disk_bytes, run

QUANTITIES = {"tasks": 1.0, "peak_bytes": 2.0**20, "disk_bytes": 2.0**20, "seconds": 1.0}
"""What is compared, and what it is divided by for people."""

_ROW = "{:<12}" + "{:>12}{:>7}" * len(QUANTITIES)


def main(arguments: list[str] | None = None) -> None:
    """Plan and run every size, print a table for each, write JSON."""
    given, options = _parser().parse_known_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    found = []
    for corpus in prefixes(given.corpus, given.prefixes, given.folder):
        found.append(compare(corpus, given.folder / f"{corpus.stem}.dsgns", ["--method", given.method, *options]))
        print(as_table(found[-1]), flush=True)
        given.json.write_text(json.dumps(found, indent=1) + "\n")


def compare(corpus: Path, workspace: Path, options: list[str]) -> dict[str, Any]:
    """What was planned for a text and what its run took, by stage, JSON-able; the workspace is thrown away."""
    shutil.rmtree(workspace, ignore_errors=True)
    command = [sys.executable, "-m", "dsgns"]
    told = subprocess.run([*command, "plan", str(corpus), *options, "--json"], capture_output=True, check=True)
    plan = json.loads(told.stdout)
    ran = run([*command, "train", str(corpus), "--output", str(workspace), "--quiet", *options], workspace, -1)
    asked = subprocess.run([*command, "status", str(workspace), "--json"], capture_output=True, check=True)
    status = json.loads(asked.stdout)
    measured = {entry["stage"]: _measured(entry, workspace) for entry in status["stages"]}
    counted = {entry["stage"]: entry["facts"] for entry in status["stages"]}
    stages = {stage["stage"]: {"planned": stage, "measured": measured[stage["stage"]]} for stage in plan["stages"]}
    whole = {"seconds": ran.wall, "disk_bytes": ran.disk_bytes, "most_disk_bytes": ran.disk_peak_bytes}
    shutil.rmtree(workspace)
    return {
        "corpus": corpus.name,
        "planned": {**plan["corpus"], **{name: plan[name] for name in whole}},
        "measured": {
            "used": status["conservation"]["used"],
            "vocabulary_size": counted["vocabulary"]["size"],
            "distinct_words": counted["vocabulary"]["distinct"],
            **{name: counted["counts"][name] for name in ("nonzeros",) if "counts" in counted},
            **whole,
        },
        "stages": stages,
    }


def _measured(entry: dict[str, Any], workspace: Path) -> dict[str, float]:
    """Of one completed stage: tasks, peak memory, bytes on disk, seconds."""
    return {
        "tasks": sum(step["blocks"] for step in entry["steps"].values()),
        "peak_bytes": entry["peak_bytes"],
        "disk_bytes": disk_bytes(workspace / entry["stage"] / entry["key"]),
        "seconds": entry["seconds"],
    }


def as_table(found: dict[str, Any]) -> str:
    """One text's comparison for people: measured, and planned by measured."""
    headings = ("tasks", "MiB", "disk MiB", "seconds")
    lines = [found["corpus"], _ROW.format("stage", *(cell for name in headings for cell in (name, "ratio")))]
    for stage, both in found["stages"].items():
        cells = [_cells(both["planned"][name], both["measured"][name], unit) for name, unit in QUANTITIES.items()]
        lines.append(_ROW.format(stage, *(cell for pair in cells for cell in pair)))
    for name, measured in found["measured"].items():
        if name in found["planned"]:
            value, ratio = _cells(found["planned"][name], measured, 1.0)
            lines.append(f"{name:<24}{value:>18}{ratio:>7}")
    return "\n".join(lines)


def _cells(planned: float, measured: float, unit: float) -> tuple[str, str]:
    return f"{measured / unit:,.1f}", f"{planned / measured:.2f}" if measured else "-"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.plan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--prefixes", type=lambda text: int(float(text)), nargs="*", default=(), help="words, e.g. 1e6")
    parser.add_argument("--method", choices=("svd", "sgns", "both"), default="both")
    parser.add_argument("--folder", type=Path, default=Path("build/plan"), help="for texts and workspaces")
    parser.add_argument("--json", type=Path, default=Path("build/plan.json"))
    return parser


if __name__ == "__main__":
    main()
