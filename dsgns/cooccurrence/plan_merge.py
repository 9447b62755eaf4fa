"""How counts that are there already are cut up to be added: into groups of their row blocks, and new row blocks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dsgns.cooccurrence.memory import CELL, projected_rows_bytes
from dsgns.cooccurrence.plan import BLOCK_NONZEROS, row_grid
from dsgns.store import Manifest

_MOST_CELLS = 1 << 26
"""Cells of the largest group that pays: more of them in memory do not make fewer streams worth having."""


@dataclass(frozen=True)
class MergePlan:
    """What a run of merging was begun with.

    Parameters
    ----------
    grid
        Row boundaries: row block b holds rows ``grid[b]`` to ``grid[b + 1]``.
    expected
        Expected non-zeros of each row block.
    groups
        For each spill file, which part it is of, and the names of that part's row blocks.
    """

    grid: list[int]
    expected: list[int]
    groups: list[tuple[int, list[str]]]

    def to_dict(self) -> dict[str, Any]:
        """The plan as a JSON-able dictionary."""
        return asdict(self)

    def row_names(self) -> list[str]:
        """Names of the row blocks, in order."""
        return [f"rows/{block:05d}" for block in range(len(self.grid) - 1)]

    def spill_names(self) -> list[str]:
        """Names of the spill files, one a group."""
        return [f"spill/{group:05d}" for group in range(len(self.groups))]


def plan_merge(expected: np.ndarray, groups: list[tuple[int, list[str]]]) -> MergePlan:
    """The row blocks of counts of which ``expected`` non-zeros, shape (V,), float64, are expected in each row."""
    grid = row_grid(expected, BLOCK_NONZEROS)
    return MergePlan(grid, [int(size) for size in np.add.reduceat(expected, grid[:-1])], groups)


def group_blocks(blocks: dict[str, Manifest], columns: int, allowed_bytes: int) -> list[list[str]]:
    """Row blocks one after the other, in groups that a task can hold, or of one block.

    Parameters
    ----------
    blocks
        By name.
    columns
        Of the result.
    allowed_bytes
        That a task may use.
    """
    largest = max(block.facts["nonzeros"] for block in blocks.values())
    room = (allowed_bytes - projected_rows_bytes(columns, 0, largest)) // CELL
    groups: list[list[str]] = []
    held = 0
    for name, block in blocks.items():
        cells = block.facts["nonzeros"]
        if not groups or held + cells > min(room, _MOST_CELLS):
            groups.append([])
            held = 0
        groups[-1].append(name)
        held += cells
    return groups
