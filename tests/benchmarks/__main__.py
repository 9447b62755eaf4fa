"""The benchmarks' command line."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from dsgns.version import __version__
from tests.benchmarks.desk import Desk
from tests.benchmarks.runner import STAGES, run_stages
from tests.benchmarks.table import as_table

DESCRIPTION = """\
Measure every stage beside a peer that does the same job.

The two are run in turns (A B A B ...) after one run each that is not timed; what they return is compared. The
figures are medians; a ratio is the peer's CPU seconds by ours, turn by turn, with the least and the greatest.
CPU seconds are those of all threads of this one process, in which BLAS has one thread. Stages are run whole,
from disk to disk, unless the table says otherwise; SGNS is the training alone. The text is cut into lines of a
thousand words first, so that every peer takes all of it.
"""


def main(arguments: list[str] | None = None) -> None:
    """Run, print the table, write the JSON."""
    given = _parser().parse_args(arguments)
    stages = list(STAGES) if given.stage == "all" else [given.stage]
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        desk = Desk(Path(folder), given.corpus, given.tokens)
        results, skipped = run_stages(desk, stages, given.runs, lambda text: print(text, file=sys.stderr, flush=True))
    print(as_table(results, skipped))
    about = {"version": __version__, "corpus": str(given.corpus or "synthetic"), "runs": given.runs, "host": _host()}
    given.json.parent.mkdir(parents=True, exist_ok=True)
    found = {**about, "results": [result.to_dict() for result in results], "skipped": skipped}
    given.json.write_text(json.dumps(found, indent=1) + "\n")
    print(f"\nAll runs are in {given.json}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", choices=[*STAGES, "all"], default="all")
    parser.add_argument("--corpus", type=Path, help="plain text; a synthetic one is made unless given")
    parser.add_argument("--runs", type=_positive, default=5, help="timed runs of each way (default: 5)")
    parser.add_argument("--tokens", type=_positive, help="run nothing on more tokens than these")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="default: %(default)s")
    parser.add_argument("--scratch", type=Path, help="a folder for temporary files")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def _host() -> dict[str, object]:
    return {"machine": platform.machine(), "python": platform.python_version(), "cores": os.cpu_count()}


if __name__ == "__main__":
    main()
