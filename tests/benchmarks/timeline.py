"""The time line of a few rounds of replicas: which task ran when, on which worker, and what waited for what.

    python -m tests.benchmarks.timeline --words 70000 --vector-size 100 --replicas 16 --drawing build/rounds.svg

A training over ids drawn as 1/rank, on a scheduler and workers that are processes. From one correction of the balance
in its middle to the next, Dask's own record of its tasks is drawn and added up.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from distributed import Client

from dsgns.display.figures import markdown
from dsgns.engine import open_engine
from dsgns.engine.run import prefix_of
from dsgns.parameters import SGNSParameters
from dsgns.sgns.gauge import BALANCED
from dsgns.sgns.stage import train
from dsgns.sgns.stage_exchange import TRAINING
from dsgns.sgns.stage_shards import LABEL
from dsgns.store import Workspace
from tests.benchmarks.replicas import cluster
from tests.benchmarks.rounds import zipf_tokens

MOVING = "transfer"
_COLOURS = (
    "#4c78a8", "#9ecae9", "#f58518", "#ffbf79", "#54a24b", "#88d27a", "#b79a20", "#e45756", "#ff9d98", "#79706e",
    "#b279a2", "#d6a5c9", "#439894",
)  # fmt: skip


class Bar(NamedTuple):
    """What a worker did from when to when, in seconds of the scheduler's clock."""

    worker: str
    name: str
    start: float
    stop: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.stop - self.start


def bars(records: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """The tasks of a training, and what they waited for from other workers, by the functions' names."""
    found = []
    for record in records:
        if str(record["key"]).startswith(prefix_of(LABEL)):
            task = str(record["key"]).rpartition("-")[2]
            for part in record["startstops"]:
                if part["action"] in ("compute", MOVING):
                    name = task if part["action"] == "compute" else MOVING
                    found.append(Bar(str(record["worker"]), name, part["start"], part["stop"]))
    return found


def middle(all_bars: Sequence[Bar]) -> list[Bar]:
    """Those between two corrections of the balance, half-way."""
    ends = sorted(each.stop for each in all_bars if each.name == "balance")
    first, last = ends[len(ends) // 2 - 1], ends[len(ends) // 2]
    return [
        each._replace(start=each.start - first, stop=each.stop - first)
        for each in all_bars
        if first <= each.start < last
    ]


def table(some: Sequence[Bar]) -> str:
    """Seconds of all workers together in these rounds, by task, as Markdown."""
    workers, span = {each.worker for each in some}, max(each.stop for each in some)
    spent = {name: _total(some, name) for name in {each.name for each in some}}
    counted = {name: str(sum(each.name == name for each in some)) for name in spent}
    working = sum(spent.values())
    training = sum(seconds for name, seconds in spent.items() if name in TRAINING)
    told = f"{BALANCED} rounds in {span:.2f} s on {len(workers)} workers, whose work is training for"
    told += f" {100 * training / working:.0f} %"
    spent["nothing"] = span * len(workers) - working
    rows = [
        [name, counted.get(name, ""), f"{seconds:.3f}", f"{100 * seconds / (span * len(workers)):.0f} %"]
        for name, seconds in sorted(spent.items(), key=lambda item: -item[1])
    ]
    return told + "\n\n" + markdown(("task", "times", "seconds", "of the workers' time"), rows)


def _total(some: Sequence[Bar], name: str) -> float:
    return sum(each.seconds for each in some if each.name == name)


def draw(some: Sequence[Bar], path: Path) -> Path | None:
    """A row for each worker, a colour for each task; None if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
        from matplotlib.patches import Patch
    except ModuleNotFoundError:
        return None
    workers = sorted({each.worker for each in some})
    names = sorted({each.name for each in some}, key=lambda name: -_total(some, name))
    colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
    figure = Figure(figsize=(11, 1.6 + 0.7 * len(workers)), layout="constrained")
    axes = figure.subplots()
    for place, worker in enumerate(workers):
        for name in names:
            own = [(each.start, each.seconds) for each in some if (each.worker, each.name) == (worker, name)]
            axes.broken_barh(own, (place - 0.4, 0.8), facecolors=colours[name], edgecolor="white", linewidth=0.2)
    axes.set_yticks(range(len(workers)), [f"worker {place + 1}" for place in range(len(workers))])
    axes.set_xlim(left=0)
    axes.set_xlabel(f"seconds, {BALANCED} rounds")
    patches = [Patch(color=colours[name], label=name) for name in names]
    figure.legend(handles=patches, loc="outside lower center", ncols=6, frameon=False)
    figure.savefig(path)
    return path


def main(arguments: list[str] | None = None) -> None:
    """Train, print what four rounds were spent on, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=70_000)
    parser.add_argument("--vector-size", type=int, default=100)
    parser.add_argument("--replicas", type=int, default=16)
    parser.add_argument("--round-tokens", type=int, default=8_192, help="of each replica")
    parser.add_argument("--rounds", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="4GiB")
    parser.add_argument("--drawing", type=Path, default=Path("build/rounds.svg"))
    asked = parser.parse_args(arguments)
    parameters = SGNSParameters(
        vector_size=asked.vector_size, replicas=asked.replicas, epochs=1, round_tokens=asked.round_tokens
    )
    with tempfile.TemporaryDirectory() as folder, cluster(asked.workers, asked.memory) as address:
        workspace = Workspace.create(folder)
        tokens = zipf_tokens(workspace, asked.rounds * asked.replicas * asked.round_tokens, asked.words)
        with Client(address) as client, open_engine(client=client) as engine:
            client.get_task_stream()  # the scheduler keeps no record before it is asked for it
            train(engine, workspace, tokens, parameters)
            some = middle(bars(client.get_task_stream(count=1_000_000)))
    print(table(some))
    asked.drawing.parent.mkdir(parents=True, exist_ok=True)
    draw(some, asked.drawing)


if __name__ == "__main__":
    main()
