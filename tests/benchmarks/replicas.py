"""Quality at any number of replicas, on real processes: a Dask scheduler, its workers, files exported and scored.

    python -m tests.benchmarks.replicas TEXT --sets men.tsv analogies.txt --replicas 1 4 16 64 --seeds 1 2

Each training is beside that of one replica with the same seed; the standard errors are of the paired bootstrap. Run
again it goes on with what is not trained yet.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from distributed import LocalCluster

from dsgns.evaluation.bootstrap import paired_bootstrap
from dsgns.evaluation.sets import read_set
from dsgns.vectors.words import WordVectors
from tests.benchmarks.judging import scored_items

Scored = dict[str, tuple[float, np.ndarray]]
"""The score on each set, and what each item has of it."""


@contextmanager
def cluster(workers: int, memory: str) -> Iterator[str]:
    """The address of a scheduler with workers that are processes of their own."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, memory_limit=memory, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started.scheduler_address


def train(file: Path, text: str, scheduler: str, replicas: int, seed: int, options: Sequence[str]) -> None:
    """Leave the vectors of one training in a file; its workspace is beside it."""
    workspace, run = str(file.parent), [sys.executable, "-m", "dsgns"]
    asked = ["--replicas", str(replicas), "--seed", str(seed), "--scheduler", scheduler, *options]
    subprocess.run([*run, "train", text, "-o", workspace, "--method", "sgns", "--quiet", *asked], check=True)
    export = ["export", workspace, str(file), "--vectors", "sgns", "--format", "word2vec-binary"]
    subprocess.run([*run, *export], check=True)


def seconds_of(rows: Sequence[dict[str, Any]], replicas: int, seed: int) -> float | None:
    """What a training took that an earlier run has finished."""
    found = (each["seconds"] for each in rows if (each["replicas"], each["seed"]) == (replicas, seed))
    return next(found, None)


def scored(file: Path, sets: Sequence[str]) -> Scored:
    """The results of the vectors in a file on each set, and on the two kinds of analogies."""
    vectors = WordVectors.load_word2vec_format(file, binary=True)
    found: Scored = {}
    for path in sets:
        found |= scored_items(read_set(path), vectors)
    return found


def row(result: Scored, alone: Scored) -> dict[str, list[float]]:
    """Figures of one training beside one replica's: score, difference, standard error."""
    figures: dict[str, list[float]] = {}
    for name, (score, items) in result.items():
        paired = paired_bootstrap(items, alone[name][1], seed=1)
        figures[name] = [round(float(each), 4) for each in (score, paired.difference, paired.standard_error)]
    return figures


def table(rows: Sequence[dict[str, Any]]) -> str:
    """All trainings as a Markdown table: scores, and beside one replica the difference and its standard error."""
    names = list(rows[0]["figures"])
    lines = ["| replicas | seed | seconds | " + " | ".join(names) + " |", "|---" * (3 + len(names)) + "|"]
    for each in sorted(rows, key=lambda one: (one["replicas"], one["seed"])):
        cells = ["{:.3f} ({:+.3f} +- {:.3f})".format(*each["figures"][name]) for name in names]
        lines.append("| " + " | ".join([*(str(each[key]) for key in ("replicas", "seed", "seconds")), *cells]) + " |")
    return "\n".join(lines)


def draw(rows: Sequence[dict[str, Any]], path: Path) -> Path | None:
    """Differences from one replica over the number of replicas; None if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for place, name in enumerate(rows[0]["figures"]):
        points = [(each["replicas"], *each["figures"][name]) for each in rows]
        replicas, _, differences, errors = zip(*points, strict=True)
        shifted = [number * 1.04**place for number in replicas]
        axes.errorbar(shifted, differences, yerr=[2 * error for error in errors], fmt="o", capsize=3, label=name)
    axes.axhline(0, color="black", lw=1)
    axes.set_xscale("log", base=2)
    axes.set_xlabel("replicas")
    axes.set_ylabel("difference from one replica, two standard errors")
    axes.legend()
    figure.savefig(path)
    return path


def main() -> None:
    """Train, score and print all of them; the figures are also left as JSON, with a drawing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--sets", nargs="+", required=True)
    parser.add_argument("--replicas", nargs="+", type=int, default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--workspace", default="build/replicas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=["--vector-size", "100"])
    asked = parser.parse_args()
    Path(asked.workspace).mkdir(parents=True, exist_ok=True)
    kept = Path(asked.workspace, "replicas.json")
    rows: list[dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else []
    with cluster(asked.workers, asked.memory) as scheduler:
        for seed in asked.seeds:
            alone: Scored = {}
            for replicas in sorted({1, *asked.replicas}):
                file, seconds = Path(asked.workspace, f"r{replicas}-s{seed}.bin"), seconds_of(rows, replicas, seed)
                if seconds is None:
                    began = time.perf_counter()
                    train(file, asked.text, scheduler, replicas, seed, asked.options)
                    seconds = round(time.perf_counter() - began, 1)
                result = scored(file, asked.sets)
                alone = alone or result
                rows = [each for each in rows if (each["replicas"], each["seed"]) != (replicas, seed)]
                rows.append({"replicas": replicas, "seed": seed, "seconds": seconds, "figures": row(result, alone)})
                kept.write_text(json.dumps(rows, indent=1))
    print(table(rows))
    draw(rows, Path(asked.workspace, "replicas.svg"))


if __name__ == "__main__":
    main()
