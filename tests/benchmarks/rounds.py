"""What a round of the parameter server costs: bytes, messages and CPU seconds by part, and its time on a network.

    python -m tests.benchmarks.rounds --words 400000 --vector-size 300 --tokens 1e6 4e6 16e6 --replicas 2 8 16

The tasks of a round are run by hand, one after the other, on ids drawn as 1/rank, by the tokens that each replica
trains. All rows come from other workers, as nearly all do where there are many. The time of a round is that of as many
workers as replicas, each of one core and with a link of so many GB/s in each direction: a worker takes rows for all
others, pulls, trains, pushes, and merges its part of the shards, and none of this is at the same time.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dsgns.display.figures import markdown
from dsgns.engine.workers import needed_limit
from dsgns.parameters import SGNSParameters
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.gauge import BALANCED
from dsgns.sgns.grid import Grid, row_grid
from dsgns.sgns.plan import projected_round
from dsgns.sgns.rows import Rows, take
from dsgns.sgns.schedule import Round, Span
from dsgns.sgns.shard import Shard, initial_shard, save_shard
from dsgns.sgns.task_chunks import Changes, changes_to, touched, train_chunks
from dsgns.sgns.task_rounds import balance, balanced, curvatures, merge, moments
from dsgns.store import Output, Workspace
from tests.support.tokens import write_tokens

BASELINE = 300 << 20
"""Bytes that a worker holds before any work."""

RATES = (1.2, 4.0)
"""GB/s."""

LIMITS = (2 << 30, 4 << 30, 8 << 30, 16 << 30)
"""Of workers."""

_DOCUMENT = 1000
_CHUNKS = range(1_000, 1 << 25, 1_000)


@dataclass(frozen=True)
class Cost:
    """One replica's part in a round, and the server's; CPU seconds of one core.

    Parameters
    ----------
    tokens
        That the replica trains.
    rows, bytes
        That it pulls; it pushes as many.
    messages
        In each direction.
    touched, take, train
        Of its tasks; ``take`` for all shards together.
    merge, more
        Of merging the changes of one replica into all shards, and of each other one.
    curve, balance
        Of all shards together; the latter in every fourth round.
    """

    tokens: int
    rows: int
    bytes: int
    messages: int
    touched: float
    take: float
    train: float
    merge: float
    more: float
    curve: float
    balance: float

    def parts(self, replicas: int, shards: int, rate: float) -> dict[str, float]:
        """Seconds of a round on as many workers as replicas, joined by links of ``rate`` GB/s."""
        share = -(-shards // replicas) / shards
        moving = self.bytes / (rate * 1e9)
        return {
            "pull": self.take + moving,
            "train": self.touched + self.train,
            "push": moving,
            "merge": share * (self.merge + (replicas - 1) * self.more + self.balance / BALANCED) + self.curve,
        }

    def exchange(self, replicas: int, shards: int, rate: float) -> float:
        """The part of a round that is not training."""
        parts = self.parts(replicas, shards, rate)
        return 1 - parts["train"] / sum(parts.values())


def timed(function: Callable[..., Any], *args: Any) -> tuple[Any, float]:
    """What a function returns, and its CPU seconds."""
    began = time.process_time()
    return function(*args), time.process_time() - began


def zipf_tokens(workspace: Workspace, length: int, words: int) -> Output:
    """Encoded documents whose words are drawn as 1/rank."""
    share = np.cumsum(1.0 / np.arange(1, words + 1))
    drawn = np.random.default_rng(1).random(length, np.float32) * share[-1]
    ids = np.minimum(np.searchsorted(share, drawn), words - 1).astype(np.int32)
    ids[_DOCUMENT - 1 :: _DOCUMENT] = -1
    return write_tokens(workspace, [ids], ids[:0], words)


def measure(corpus: Corpus, parameters: SGNSParameters, shards: Sequence[Shard], tokens: int, words: int) -> Cost:
    """Run the tasks of one replica in a round, and merge its changes once and twice."""
    span = Span(0, 0, tokens, parameters.alpha, 0.0)
    known, looking = timed(touched, corpus, parameters, (span,))
    rows, taking = timed(lambda: [take(shard, known) for shard in shards])
    changes, training = timed(train_chunks, corpus, parameters, (span,), known, *rows)
    curved, curving = timed(curvatures, corpus, parameters, *shards)
    turn = Round(0, (span, span), False)
    following, once = timed(_merged, turn, words, curved, shards, [changes])
    _, twice = timed(_merged, turn, words, curved, shards, [changes, changes])
    _, balancing = timed(_balanced, following)
    return Cost(
        tokens=tokens,
        rows=sum(ids.size for each in rows for ids in each.words),
        bytes=sum(map(_bytes, rows)),
        messages=len(shards),
        touched=looking,
        take=taking,
        train=training,
        merge=once,
        more=max(0.0, twice - once),
        curve=curving,
        balance=balancing,
    )


def _merged(
    turn: Round, words: int, curved: Any, shards: Sequence[Shard], updates: Sequence[list[Changes]]
) -> list[Shard]:
    """The next version of every shard."""
    return [
        merge(turn, words, curved, k, shard, *(changes_to(changes, k) for changes in updates))
        for k, shard in enumerate(shards)
    ]


def _balanced(shards: Sequence[Shard]) -> list[Shard]:
    """Every shard after a correction of the balance."""
    change = balance(*(moments(shard) for shard in shards))
    return [balanced(shard, change) for shard in shards]


def _bytes(rows: Rows) -> int:
    """What travels of some rows."""
    return rows.inputs.nbytes + rows.outputs.nbytes + sum(ids.nbytes for ids in rows.words)


def checkpoint(output: Output, shards: Sequence[Shard]) -> tuple[int, float]:
    """Write all shards; the bytes on disk, and CPU seconds."""
    _, seconds = timed(lambda: [save_shard(output, 0, k, shard) for k, shard in enumerate(shards)])
    folder = output.files.local
    assert folder is not None
    held = sum(path.stat().st_size for path in folder.glob(f"sgns/{output.key}/**/*") if path.is_file())
    return held, seconds


def costs_table(costs: Sequence[Cost]) -> str:
    """What each size of a chunk costs, as Markdown."""
    header = "tokens", "rows", "MB each way", "messages", "touched", "take", "train", "merge", "each more", "balance"
    return markdown(
        header,
        [
            [f"{one.tokens:,}", f"{one.rows:,}", f"{one.bytes / 1e6:.0f}", str(one.messages)]
            + [f"{seconds:.2f}" for seconds in (one.touched, one.take, one.train, one.merge, one.more, one.balance)]
            for one in costs
        ],
    )


def rounds_table(costs: Sequence[Cost], replicas: Sequence[int], grid: Grid, needed: Callable[[int, int], int]) -> str:
    """Seconds of a round by part, as Markdown; ``needed`` tells the memory limit for replicas and tokens."""
    rows = []
    for number in replicas:
        for one in costs:
            for rate in RATES:
                parts = one.parts(number, len(grid), rate)
                seconds = [f"{part:.2f}" for part in parts.values()]
                share = f"{100 * one.exchange(number, len(grid), rate):.0f} %"
                limit = f"{needed(number, one.tokens) / 2**30:.1f} GiB"
                rows.append([str(number), f"{one.tokens:,}", f"{rate:g}", *seconds, share, limit])
    return markdown(("replicas", "tokens", "GB/s", "pull", "train", "push", "merge", "exchange", "worker"), rows)


def fitting_table(replicas: Sequence[int], needed: Callable[[int, int], int]) -> str:
    """The longest chunks that workers of some limits have room for, as Markdown."""
    rows = []
    for limit in LIMITS:
        chunks = [bisect_right(_CHUNKS, limit, key=partial(needed, number)) for number in replicas]
        rows.append([f"{limit >> 30} GiB", *(f"{_CHUNKS[chunk - 1]:,}" if chunk else "none" for chunk in chunks)])
    return markdown(("worker", *(f"{number} replicas" for number in replicas)), rows)


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print both tables; the figures are left as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--vector-size", type=int, default=300)
    parser.add_argument("--tokens", nargs="+", type=float, default=[1e6, 4e6, 16e6])
    parser.add_argument("--replicas", nargs="+", type=int, default=[2, 8, 16])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    tokens = [int(number) for number in asked.tokens]
    parameters = SGNSParameters(vector_size=asked.vector_size, replicas=2)
    grid = row_grid(asked.words, asked.vector_size, parameters.replicas)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(folder)
        length = max(tokens)
        encoded = zipf_tokens(workspace, length, asked.words)
        corpus = Corpus(encoded, workspace.output("vocabulary", encoded.facts["vocabulary"]))
        shards = [initial_shard(parameters, *rows) for rows in grid]
        measure(corpus, parameters, shards, min(tokens), asked.words)  # compiles, and reads what stays in memory
        costs = [measure(corpus, parameters, shards, number, asked.words) for number in tokens]
        held, seconds = checkpoint(workspace.output("sgns", "benchmark"), shards)
        counts = corpus.counts

    def needed(replicas: int, number: int) -> int:
        chosen = SGNSParameters(vector_size=asked.vector_size, replicas=replicas, round_tokens=number)
        return needed_limit(projected_round(counts, length, chosen, grid, replicas), BASELINE)

    print(costs_table(costs))
    print(f"\ncurvatures: {costs[-1].curve:.2f} s; a checkpoint: {seconds:.2f} s, {held / 1e6:.0f} MB\n")
    print(rounds_table(costs, asked.replicas, grid, needed))
    print()
    print(fitting_table(asked.replicas, needed))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in costs], indent=1) + "\n")


if __name__ == "__main__":
    main()
