"""Merge what was spilled, row block by row block: the last step of every way to counts but one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dsgns.cooccurrence.memory import projected_reduce_bytes, window_bytes
from dsgns.cooccurrence.plan import likely_nonzeros
from dsgns.cooccurrence.spill import SpillRecord, row_blocks
from dsgns.cooccurrence.task_reduce import reduce_block
from dsgns.engine import Engine, Job
from dsgns.store import Manifest

_WINDOWS_SHARE = 4  # of what a task may use, a quarter holds the streams being merged


@dataclass(frozen=True)
class RowGrid:
    """The row blocks that are to be made.

    Parameters
    ----------
    bounds
        Row block b holds rows ``bounds[b]`` to ``bounds[b + 1]``.
    names
        Of the row blocks.
    expected
        Expected non-zeros of each.
    columns
        Of the matrix.
    """

    bounds: Sequence[int]
    names: list[str]
    expected: list[int]
    columns: int


def require_merge(engine: Engine, grid: RowGrid, streams: int) -> None:
    """Refuse a merge of so many streams that is not going to fit, before anything is spilled for it."""
    window = window_bytes(streams, engine.allowed_bytes // _WINDOWS_SHARE)
    largest = likely_nonzeros(max(grid.expected))
    engine.require("counts: merge", projected_reduce_bytes(grid.columns, largest, streams, window))


def merge_spills(
    job: Job,
    grid: RowGrid,
    records: dict[str, SpillRecord],
    missing: list[str],
    wide: Callable[[int, int], bool] = lambda first, last: True,
    *,
    task: Callable[..., Manifest] = reduce_block,
    more: tuple[Any, ...] = (),
) -> None:
    """Merge every row block that is not there yet.

    Parameters
    ----------
    records
        Of the spill files, by name.
    missing
        Names of the row blocks to make.
    wide
        Whether cells of the rows from the first to the last given could overflow uint32.
    task, more
        What makes one from the output, the columns, the row block, the bytes of a window, and these.
    """
    streams = sum(len(record.offsets) for record in records.values())
    window = window_bytes(streams, job.engine.allowed_bytes // _WINDOWS_SHARE)
    likely = [
        likely_nonzeros(expected, [record.nonzeros[block] for record in records.values()])
        for block, expected in enumerate(grid.expected)
    ]
    wide_blocks = [wide(first, last) for first, last in pairwise(grid.bounds)]
    blocks = row_blocks(list(grid.bounds), grid.names, records, likely, wide_blocks)
    due = {block.name: block for block in blocks if block.name in set(missing)}
    job.run(
        "counts: merge",
        task,
        {name: (job.output, grid.columns, block, window, *more) for name, block in due.items()},
        projected_bytes=projected_reduce_bytes(grid.columns, max(likely), streams, window),
        unit="non-zeros",
        weights={name: block.likely for name, block in due.items()},
    )
