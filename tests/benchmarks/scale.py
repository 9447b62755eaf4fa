"""What each stage costs as the corpus grows: wall, CPU, memory of the largest process, disk.

    python -m tests.benchmarks.scale corpus.txt --prefixes 1e6 4e6 1e7 --workers 2 --memory-limit 2GiB

Runs the command line itself, a stage at a time, on the first so many tokens of a text, every process under an
operating-system limit (RLIMIT_DATA) of ``--memory-limit``. CPU seconds are those of every process of a stage: of
the command, its workers, and whatever they started. SGNS runs for ``--slice`` seconds and is then interrupted:
its rate is what is measured. The table gives microseconds of CPU for each token, which are to stay flat.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dsgns.sizes import parse_bytes
from tests.benchmarks.scale_run import Ran, run
from tests.benchmarks.scale_table import as_table, draw

STAGES = ("vocabulary", "tokens", "counts", "ppmi", "svd", "sgns")
_STEP = 1 << 22


def main(arguments: list[str] | None = None) -> None:
    """Run every size, print the table, write JSON and, where matplotlib is installed, a plot."""
    given = _parser().parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    found = []
    for corpus in prefixes(given.corpus, given.prefixes, given.folder):
        found.append(measure(corpus, given))
        print(as_table(found[-1:]), flush=True)
        given.json.write_text(json.dumps(found, indent=1) + "\n")
    print(as_table(found))
    picture = draw(found, given.json.with_suffix(".svg"))
    print(f"\nAll of it is in {given.json}" + (f", drawn in {picture}." if picture else "."))


def measure(corpus: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Run the stages over one text in a new workspace; what each took, JSON-able."""
    workspace = given.folder / f"{corpus.stem}.dsgns"
    shutil.rmtree(workspace, ignore_errors=True)
    stages: list[dict[str, Any]] = []
    for stage in given.stages:
        patience = given.slice if stage == "sgns" else None
        ran = run(_command(stage, corpus, workspace, given), workspace, parse_bytes(given.memory_limit), patience)
        stages.append({"stage": stage, **ran.to_dict(), **told(status_of(workspace), stage, ran)})
    if not given.keep:
        shutil.rmtree(workspace)
    return {
        "corpus": corpus.name,
        "bytes": corpus.stat().st_size,
        "workers": given.workers,
        "memory_limit": given.memory_limit,
        "vector_size": given.vector_size,
        "stages": stages,
    }


def _command(stage: str, corpus: Path, workspace: Path, given: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "dsgns", stage, str(corpus), "--output", str(workspace)]
    command += ["--workers", str(given.workers), "--memory-limit", given.memory_limit]
    if given.max_vocabulary:
        command += ["--max-vocabulary", str(given.max_vocabulary)]
    if stage in ("svd", "sgns"):
        command += ["--vector-size", str(given.vector_size)]
    return command


def status_of(workspace: Path) -> dict[str, Any]:
    """What the workspace itself says."""
    asked = [sys.executable, "-m", "dsgns", "status", str(workspace), "--json"]
    status: dict[str, Any] = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    return status


def told(status: dict[str, Any], stage: str, ran: Ran) -> dict[str, Any]:
    """Tokens gone through and what the workspace says of a stage; of an interrupted one, its rate."""
    entry = next(entry for entry in reversed(status["stages"]) if entry["stage"] == stage)
    facts = entry.get("facts", {})  # What was interrupted has none yet.
    tokens = status["conservation"]["used"] if status["conservation"] else facts["tokens_read"]
    known = {"tokens": tokens, "projected_bytes": entry["projected_bytes"] or 0}
    known |= {name: facts[name] for name in ("nonzeros", "size", "energy") if name in facts}
    return known | ({"tokens_per_second": ran.rate} if ran.interrupted else {})


def prefixes(corpus: Path, sizes: Sequence[int], folder: Path) -> Iterator[Path]:
    """The text itself, or files of its first so many words, cut at the end of a line."""
    if not sizes:
        yield corpus
    for size in sizes:
        prefix = folder / f"{corpus.stem}-{size}.txt"
        with corpus.open("rb") as lines, prefix.open("wb") as kept:
            words = 0
            while words < size and (line := lines.readline(_STEP)):
                words += len(line.split())
                kept.write(line)
        yield prefix
        prefix.unlink()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--prefixes", type=lambda text: int(float(text)), nargs="*", default=(), help="words, e.g. 1e6")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory-limit", default="2GiB", help="of each process (default: %(default)s)")
    parser.add_argument("--vector-size", type=int, default=300)
    parser.add_argument("--max-vocabulary", type=int)
    parser.add_argument("--slice", type=float, default=60.0, help="seconds of SGNS (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path("build/scale"), help="for texts and workspaces")
    parser.add_argument("--keep", action="store_true", help="do not remove the workspaces")
    parser.add_argument("--json", type=Path, default=Path("build/scale.json"))
    return parser


if __name__ == "__main__":
    main()
