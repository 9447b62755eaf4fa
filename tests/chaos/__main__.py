"""python -m tests.chaos [--kills 100] [--seed 1] [--tokens 100000]: faults at random until so many died.

Prints each fault with the seconds until the run went on, and a table in the end; stops at the first that is not mended.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from dsgns.engine import open_engine
from dsgns.parameters import Resources
from tests.chaos.cluster import Cluster
from tests.chaos.faults import FAULTS, PHASES
from tests.chaos.runs import Chaos, Injected
from tests.support.corpora import write_lines, zipf_lines

# How often each is drawn: what kills a worker most, since most depends on where it hits.
_WEIGHTS = {"kill worker": 8, "kill all workers": 3, "kill scheduler": 1, "kill client": 2, "late worker": 1}


def drawn(chance: random.Random) -> list[tuple[str, str]]:
    """A fault or two for each phase, in the order of the pipeline."""
    names = list(FAULTS)
    weights = [_WEIGHTS.get(name, 0.5) for name in names]
    return [(fault, phase) for phase in PHASES for fault in chance.choices(names, weights, k=chance.choice((1, 2)))]


def table(injected: list[Injected]) -> str:
    """How often each kind of fault hit each phase, and the seconds until the run went on; then all kinds by phase."""
    lines = [f"{'fault':18}{'phase':17}{'hits':>6}{'kills':>7}{'median s':>10}{'most s':>8}"]
    for fault in (*FAULTS, "any"):
        for phase in PHASES:
            if hit := [each for each in injected if fault in (each.fault, "any") and each.phase == phase]:
                times, kills = [each.recovered for each in hit], sum(each.kills for each in hit)
                middle, most = statistics.median(times), max(times)
                lines.append(f"{fault:18}{phase:17}{len(hit):6}{kills:7}{middle:10.1f}{most:8.1f}")
    return "\n".join(lines)


def main() -> None:
    """Until enough processes were killed at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=100_000)
    given = parser.parse_args()
    chance, injected, number = random.Random(given.seed), list[Injected](), 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dsgns-chaos-")))
        text = write_lines(folder / "corpus.txt", zipf_lines(given.tokens, types=4000))
        cluster = stack.enter_context(Cluster(folder))
        with open_engine(Resources(workers=2, memory_limit=1 << 30)) as engine:
            chaos = Chaos(cluster, text, folder, engine)
        while sum(each.kills for each in injected) < given.kills:
            number += 1
            injected += (hit := chaos.run(f"run-{number}", drawn(chance)))
            for each in hit:
                print(f"run {number}: {each.fault} in {each.phase}: goes on after {each.recovered:.1f} s", flush=True)
            killed = sum(each.kills for each in injected)
            print(f"run {number}: the same bytes; {killed} processes killed so far", flush=True)
    print(table(injected))


if __name__ == "__main__":
    main()
