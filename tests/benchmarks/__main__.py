"""The benchmarks' command line."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median

from dsgns.version import __version__
from tests.benchmarks.desk import Desk
from tests.benchmarks.peers import TOOLS, Peers, peer_folder
from tests.benchmarks.plot import draw
from tests.benchmarks.runner import STAGES, Findings, run_stages
from tests.benchmarks.table import as_table

DESCRIPTION = """\
Measure every stage beside others that do the same job; docs/benchmarks.md says what each row means.

All ways are gone in turns (A B C A B C ...) after one run each that is not timed, each in a process of its own;
what they come to is compared. The figures are medians; a ratio is the other's seconds by ours, turn by turn, with
the least and the greatest. CPU seconds are those of every process, memory is that of all processes at its peak.
"""


def main(arguments: list[str] | None = None) -> None:
    """Run, print the table, write the JSON after each contest, draw."""
    given = _parser().parse_args(arguments)
    stages = list(STAGES) if "all" in given.stage else given.stage
    against = TOOLS if "all" in given.against else given.against
    findings, told = Findings(), 0
    given.json.parent.mkdir(parents=True, exist_ok=True)
    if given.scratch:
        given.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        peers, corpus = Peers(dict(given.peer)), given.corpus and given.corpus.resolve()
        more = {"sets": given.sets, "epochs": given.epochs, "dumps": given.dumps}
        desk = Desk(Path(folder).resolve(), corpus, given.tokens, peers, **more)
        for findings in run_stages(desk, stages, given.runs, against=against):
            # Hours of measuring should not be lost to the last minute of it.
            given.json.write_text(json.dumps(_to_dict(findings, given), indent=1) + "\n")
            for result in findings.results[told:]:
                print(f"{result.key}: {median(result.ratios):.2f}; {result.checked}", file=sys.stderr, flush=True)
            told = len(findings.results)
    print(as_table(findings.results, findings.absent))
    picture = draw([result.to_dict() for result in findings.results], given.json.with_suffix(".svg"))
    print(f"\nAll runs are in {given.json}" + (f", drawn in {picture}." if picture else "."))


def _to_dict(findings: Findings, given: argparse.Namespace) -> dict[str, object]:
    return {
        "version": __version__,
        "corpus": given.corpus.name if given.corpus else "synthetic",
        "runs": given.runs,
        "host": {"machine": platform.machine(), "python": platform.python_version(), "cores": os.cpu_count()},
        "results": [result.to_dict() for result in findings.results],
        "skipped": {f"{stage}: {way.name}": way.reason for stage, way in findings.absent},
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", choices=[*STAGES, "all"], nargs="+", default=["all"])
    parser.add_argument("--against", choices=[*TOOLS, "all"], nargs="+", default=["all"], help="dsgns: ourselves")
    parser.add_argument("--corpus", type=Path, help="plain text; a synthetic one is made unless given")
    parser.add_argument("--runs", type=_positive, default=5, help="timed runs of each way (default: 5)")
    parser.add_argument("--tokens", type=_positive, help="run everything on so many tokens")
    parser.add_argument("--epochs", type=_positive, default=1, help="of SGNS (default: 1)")
    parser.add_argument("--sets", type=Path, nargs="*", default=(), help="files that SGNS vectors are judged by")
    parser.add_argument("--dumps", type=Path, nargs="*", default=(), help="of Wikipedia, for the stage wiki")
    parser.add_argument(
        "--peer", type=peer_folder, action="append", default=[], metavar="TOOL=FOLDER", help="where programs are"
    )
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="default: %(default)s")
    parser.add_argument("--scratch", type=Path, help="a folder for temporary files")
    return parser


def _positive(text: str) -> int:
    number = int(float(text))
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


if __name__ == "__main__":
    main()
