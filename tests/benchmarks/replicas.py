"""Quality at any number of replicas, on real processes: a Dask scheduler, its workers, files exported and scored.

    python -m tests.benchmarks.replicas TEXT --sets men.tsv analogies.txt --replicas 1 4 16 64 --seeds 1 2 --alone 3 4 5

Each training is beside that of one replica with the same seed; its standard errors are of the paired bootstrap, over
questions. Another seed changes a score too, by more than that: so the means over seeds are beside each other as well,
with the error that trainings of one replica, of all seeds, tell. Run again it goes on with what is not trained yet.
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
from tests.benchmarks.replicas_table import draw, means, means_table, table

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


def trainings(seeds: Sequence[int], alone: Sequence[int], replicas: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Every seed, with the numbers of replicas that it is trained with, in order: one of them first."""
    for seed in dict.fromkeys((*seeds, *alone)):
        yield seed, sorted({1, *(replicas if seed in seeds else ())})


def main() -> None:
    """Train, score and print all of them; the figures are also left as JSON, with a drawing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--sets", nargs="+", required=True)
    parser.add_argument("--replicas", nargs="+", type=int, default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--alone", nargs="+", type=int, default=[3, 4, 5, 6], help="seeds of one replica only")
    parser.add_argument("--workspace", default="build/replicas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=["--vector-size", "100"])
    asked = parser.parse_args()
    Path(asked.workspace).mkdir(parents=True, exist_ok=True)
    kept = Path(asked.workspace, "replicas.json")
    rows: list[dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else []
    with cluster(asked.workers, asked.memory) as scheduler:
        for seed, numbers in trainings(asked.seeds, asked.alone, asked.replicas):
            alone: Scored = {}
            for replicas in numbers:
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
    print(table(rows) + "\n\n" + means_table(means(rows)))
    draw(rows, Path(asked.workspace, "replicas.svg"))


if __name__ == "__main__":
    main()
