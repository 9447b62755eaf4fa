"""How counting is cut up: token shards from the memory there is, row blocks from the corpus alone."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dsgns.cooccurrence.estimate import expected_nonzeros
from dsgns.cooccurrence.memory import LEAST_CAPACITY
from dsgns.errors import CorruptBlockError
from dsgns.store import Output

BLOCK_NONZEROS = 2 << 20
"""Expected non-zeros of a row block: 16 MiB of indices and narrow counts, which any worker can hold twice."""

_SHARD_SLACK = 1.05  # documents are not spread evenly: a shard with more of them would need a second, tiny run


@dataclass(frozen=True)
class CountsPlan:
    """What a run of counting was begun with.

    Parameters
    ----------
    grid
        Row boundaries: row block b holds rows ``grid[b]`` to ``grid[b + 1]``.
    shards
        Boundaries in the token stream, the same way.
    expected
        Expected non-zeros of each row block.
    """

    grid: list[int]
    shards: list[int]
    expected: list[int]

    @classmethod
    def of(cls, output: Output) -> CountsPlan:
        """The plan that the work on an output was begun with.

        Raises
        ------
        CorruptBlockError
            If there is none.
        """
        plan = output.plan
        if plan is None:
            raise CorruptBlockError(
                f"counts/{output.key} of {output.url} has lost its plan; delete it and count again."
            )
        return cls(**plan)

    def to_dict(self) -> dict[str, Any]:
        """The plan as a JSON-able dictionary."""
        return asdict(self)

    def row_names(self) -> list[str]:
        """Names of the row blocks, in order."""
        return [f"rows/{block:05d}" for block in range(len(self.grid) - 1)]

    def spill_names(self) -> list[str]:
        """Names of the spill files, one a shard."""
        return [f"spill/{shard:05d}" for shard in range(len(self.shards) - 1)]


def plan_counts(counts: np.ndarray, window: int, length: int, slots: int, capacity: int, workers: int) -> CountsPlan:
    """Cut up the work.

    The row grid depends on the corpus and window only: what is built on it (sums over row blocks) then has
    the same bits whatever the memory and the number of workers.

    Parameters
    ----------
    counts : shape (V,), int64
        Occurrences of each word.
    window
        Most tokens between a word and its context.
    length
        Of the token stream, separators counted.
    slots
        Of the whole padded stream.
    capacity
        Slots that a task may hold at a time.
    workers
        Tasks that run at once.
    """
    expected = expected_nonzeros(counts, window)
    grid = row_grid(expected, BLOCK_NONZEROS)
    per_block = np.add.reduceat(expected, grid[:-1]) if len(expected) else np.zeros(1)
    shards = token_shards(length, slots, capacity, workers)
    return CountsPlan(grid, shards, [int(size) for size in per_block])


def row_grid(expected: np.ndarray, target: float) -> list[int]:
    """Row boundaries that leave about ``target`` of the expected non-zeros, float64, to each block.

    Examples
    --------
    >>> row_grid(np.array([6.0, 3.0, 2.0, 1.0, 1.0]), target=7)
    [0, 1, 5]
    """
    rows = len(expected)
    if not rows:
        return [0, 0]
    ends = np.cumsum(expected)
    blocks = max(1, math.ceil(ends[-1] / target))
    cuts = np.searchsorted(ends, ends[-1] * np.arange(1, blocks) / blocks)
    # A cut goes before or after the row it falls into, whichever is nearer.
    middle = ends[cuts] - expected[cuts] / 2
    cuts = cuts + (middle < ends[-1] * np.arange(1, blocks) / blocks)
    return [int(cut) for cut in np.unique(np.concatenate([[0], cuts, [rows]]))]


def token_shards(length: int, slots: int, capacity: int, workers: int) -> list[int]:
    """Boundaries of equal shards of the token stream, a multiple of ``workers`` of them where that pays.

    As large as memory allows: each shard spills a pair once however often it holds it, so small shards
    multiply the bytes spilled and merged.

    Examples
    --------
    >>> token_shards(10_000_000, 10_100_000, capacity=4_000_000, workers=2)
    [0, 2500000, 5000000, 7500000, 10000000]
    """
    needed = max(1, math.ceil(_SHARD_SLACK * slots / capacity))
    useful = max(1, length // LEAST_CAPACITY)
    shards = max(needed, min(useful, math.ceil(needed / workers) * workers))
    return [length * shard // shards for shard in range(shards + 1)]


def padded_slots(facts: dict[str, Any], window: int) -> int:
    """Slots that the padded token stream takes, at most."""
    return int(facts["tokens"] + (facts["ids"] - facts["tokens"]) * window)


def likely_nonzeros(expected: int, partial: list[int] | None = None) -> int:
    """Most non-zeros that a row block is likely to have once its spills, of ``partial`` non-zeros, are merged.

    Hardly more than independent tokens would have; no more than the spills have together, no fewer than any
    has alone.

    Examples
    --------
    >>> likely_nonzeros(100), likely_nonzeros(100, [90, 80]), likely_nonzeros(100, [40, 50])
    (125, 125, 90)
    >>> likely_nonzeros(100, [200])
    200
    """
    hardly_more = expected * 5 // 4
    return hardly_more if partial is None else min(sum(partial), max(hardly_more, *partial))
