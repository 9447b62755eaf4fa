"""Skip-gram whose model is larger than a worker's memory, beside the same one in memory: the same bits, at what cost.

    python -m tests.benchmarks.larger --words 2000000 --vector-size 300 --tokens 4e6 --memory-limit 1GiB

Two workers under the limit, which the operating system enforces too (RLIMIT_DATA), and two with as much as they like,
train one epoch on the same ids, drawn as 1/rank. CPU seconds are those of both workers.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from dsgns.display.figures import markdown
from dsgns.engine import Engine, open_engine
from dsgns.parameters import Resources, SGNSParameters
from dsgns.sgns.plan import model_bytes
from dsgns.sgns.stage import train
from dsgns.sizes import parse_bytes
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from tests.benchmarks.rounds import zipf_tokens

STEPS = {"sgns: train": "train", "sgns: vectors": "write vectors"}


def enforce(limit: int) -> None:
    """Have the operating system hold this process to its limit."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def cpu_seconds() -> float:
    """Of this process so far."""
    used = psutil.Process().cpu_times()
    return float(used.user + used.system)


def spent(engine: Engine) -> float:
    """CPU seconds of all workers so far."""
    return sum(engine.client.run(cpu_seconds).values())


def run(workspace: Workspace, tokens: Output, parameters: SGNSParameters, limit: int | None) -> dict[str, Any]:
    """Train under a limit, or under none; what that took, and hashes of what came out, which is removed again."""
    with open_engine(Resources(workers=2, memory_limit=limit)) as engine:
        if limit is not None:
            engine.client.run(enforce, limit)
        before, began = spent(engine), time.perf_counter()
        output = train(engine, workspace, tokens, parameters)
        seconds, cpu = time.perf_counter() - began, spent(engine) - before
    figures = output.record["figures"]
    found = {
        "limit": "none" if limit is None else f"{limit >> 20} MiB",
        "seconds": seconds,
        "cpu": cpu,
        "peak": max(step["peak_bytes"] for step in figures.values()),
        "steps": {name: figures[label]["worker_seconds"] for label, name in STEPS.items()},
        "bits": digests(output),
    }
    output.remove("")
    return found


def as_table(runs: Sequence[dict[str, Any]]) -> str:
    """The runs as Markdown."""
    header = ("limit of a worker", "seconds", "CPU seconds", "most memory", *STEPS.values())
    rows = [
        [one["limit"], f"{one['seconds']:.1f}", f"{one['cpu']:.1f}", f"{one['peak'] >> 20} MiB"]
        + [f"{seconds:.1f}" for seconds in one["steps"].values()]
        for one in runs
    ]
    return markdown(header, rows)


def main(arguments: list[str] | None = None) -> None:
    """Train twice, print both beside each other, and fail where the bits differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=2_000_000)
    parser.add_argument("--vector-size", type=int, default=300)
    parser.add_argument("--tokens", type=float, default=4e6)
    parser.add_argument("--memory-limit", type=parse_bytes, default=1 << 30)
    parser.add_argument("--folder", type=Path, default=Path("build/larger"))
    asked = parser.parse_args(arguments)
    parameters = SGNSParameters(vector_size=asked.vector_size, epochs=1)
    workspace = Workspace.create(str(asked.folder))
    tokens = zipf_tokens(workspace, int(asked.tokens), asked.words)
    runs = [run(workspace, tokens, parameters, limit) for limit in (asked.memory_limit, None)]
    print(f"A model of {model_bytes(asked.words, asked.vector_size) >> 20:,} MiB, {asked.tokens:,.0f} tokens:\n")
    print(as_table(runs))
    if runs[0]["bits"] != runs[1]["bits"]:
        raise SystemExit("The bits differ.")


if __name__ == "__main__":
    main()
