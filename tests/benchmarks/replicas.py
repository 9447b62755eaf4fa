"""Quality at any number of replicas, on real processes: a Dask scheduler, its workers, files exported and scored.

    python -m tests.benchmarks.replicas TEXT --sets men.tsv analogies.txt --replicas 1 4 16 64 --seeds 1 2

Each training is beside that of one replica with the same seed; the standard errors are of the paired bootstrap.
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

from distributed import LocalCluster

from dsgns.evaluation.analogies import AnalogyResult, evaluate_analogies
from dsgns.evaluation.bootstrap import paired_bootstrap
from dsgns.evaluation.sets import AnalogySet, read_set
from dsgns.evaluation.similarity import SimilarityResult, evaluate_similarity
from dsgns.vectors.words import WordVectors

Scored = dict[str, SimilarityResult | AnalogyResult]


@contextmanager
def cluster(workers: int, memory: str) -> Iterator[str]:
    """The address of a scheduler with workers that are processes of their own."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, memory_limit=memory, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started.scheduler_address


def trained(text: str, workspace: str, scheduler: str, replicas: int, seed: int, options: Sequence[str]) -> Path:
    """The exported vectors of one training."""
    file = Path(workspace) / f"r{replicas}-s{seed}.bin"
    run = [sys.executable, "-m", "dsgns"]
    asked = ["--replicas", str(replicas), "--seed", str(seed), "--scheduler", scheduler, *options]
    subprocess.run([*run, "train", text, "-o", workspace, "--method", "sgns", "--quiet", *asked], check=True)
    export = ["export", workspace, str(file), "--vectors", "sgns", "--format", "word2vec-binary"]
    subprocess.run([*run, *export], check=True)
    return file


def scored(file: Path, sets: Sequence[str], restrict: int) -> Scored:
    """The results of the vectors in a file on each set."""
    vectors = WordVectors.load_word2vec_format(file, binary=True)
    found: Scored = {}
    for path in sets:
        items = read_set(path)
        if isinstance(items, AnalogySet):
            found[items.name] = evaluate_analogies(vectors, items, restrict_vocabulary=restrict)
        else:
            found[items.name] = evaluate_similarity(vectors, items)
    return found


def row(result: Scored, alone: Scored) -> dict[str, Any]:
    """Figures of one training beside one replica's: score, difference, standard error."""
    figures: dict[str, Any] = {}
    for name, one in result.items():
        score = one.accuracy if isinstance(one, AnalogyResult) else one.spearman
        paired = paired_bootstrap(one.items, alone[name].items, seed=1)
        figures[name] = [round(score, 4), round(paired.difference, 4), round(paired.standard_error, 4)]
        if isinstance(one, AnalogyResult):
            figures |= {f"{name}, meaning": [one.semantic.accuracy], f"{name}, grammar": [one.syntactic.accuracy]}
    return figures


def draw(rows: Sequence[dict[str, Any]], path: Path) -> Path | None:
    """Differences from one replica over the number of replicas; None if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    names = [name for name, figures in rows[0]["figures"].items() if len(figures) == 3]
    for place, name in enumerate(names):
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
    parser.add_argument("--restrict", type=int, default=30_000)
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=["--vector-size", "100"])
    asked = parser.parse_args()
    Path(asked.workspace).mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    with cluster(asked.workers, asked.memory) as scheduler:
        for seed in asked.seeds:
            alone: Scored = {}
            for replicas in sorted({1, *asked.replicas}):
                began = time.perf_counter()
                file = trained(asked.text, asked.workspace, scheduler, replicas, seed, asked.options)
                seconds = round(time.perf_counter() - began, 1)
                result = scored(file, asked.sets, asked.restrict)
                alone = alone or result
                rows.append({"replicas": replicas, "seed": seed, "seconds": seconds, "figures": row(result, alone)})
                print(json.dumps(rows[-1]), flush=True)
                Path(asked.workspace, "replicas.json").write_text(json.dumps(rows, indent=1))
    draw(rows, Path(asked.workspace, "replicas.svg"))


if __name__ == "__main__":
    main()
