"""Row blocks counted at one go, where a worker can hold all tokens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from dsgns.cooccurrence.memory import projected_count_bytes
from dsgns.cooccurrence.plan import CountsPlan, likely_nonzeros

MOST_PANELS = 4
"""With more workers, it takes them less time to spill shards and merge them than to read all tokens each."""

# Of a non-zero, most of it to compress and write, where an occurrence and token of its window is 1: nanoseconds, about.
_CELL_COST = 20


@dataclass(frozen=True)
class Panel:
    """Row blocks that one task counts, in order.

    Parameters
    ----------
    name
        Of the block that says that they are there, after the first of them.
    blocks
        The first row of each row block and the row after its last, by name.
    centres
        How often the words from the first row to the last are in the corpus.
    likely
        Non-zeros of its largest row block, at most likely.
    """

    name: str
    blocks: dict[str, tuple[int, int]]
    centres: int
    likely: int

    @property
    def rows(self) -> slice:
        """From the first row to the last."""
        bounds = list(self.blocks.values())
        return slice(bounds[0][0], bounds[-1][1])


def plan_panels(plan: CountsPlan, missing: list[str], counts: np.ndarray, window: int, workers: int) -> list[Panel]:
    """Panels of nearly equal work, one for each worker at most.

    Parameters
    ----------
    plan
        Its row blocks.
    missing
        Names of those that are to be counted, in order.
    counts : shape (V,), int64
        Occurrences of each word.
    window
        Most tokens between a word and its context.
    workers
        Tasks that run at once.
    """
    rows = dict(zip(plan.row_names(), pairwise(plan.grid), strict=True))
    expected = dict(zip(plan.row_names(), plan.expected, strict=True))
    costs = [_CELL_COST * expected[name] + window * int(counts[slice(*rows[name])].sum()) for name in missing]
    middles = np.cumsum(costs) - np.array(costs) / 2
    turns = np.minimum(workers * middles / max(sum(costs), 1), workers - 1).astype(int)
    panels = []
    for _, group in groupby(zip(turns, missing, strict=True), lambda pair: pair[0]):
        names = [name for _, name in group]
        centres = int(counts[rows[names[0]][0] : rows[names[-1]][1]].sum())
        likely = max(likely_nonzeros(expected[name]) for name in names)
        panels.append(Panel(names[0].replace("rows", "panel"), {name: rows[name] for name in names}, centres, likely))
    return panels


def projected_panel_bytes(panels: list[Panel], vocabulary_size: int, slots: int) -> int:
    """Most bytes that a task counting one of these panels holds, where the corpus takes so many slots."""
    return max(projected_count_bytes(vocabulary_size, slots, panel.centres, panel.likely) for panel in panels)


def panels_pay(workers: int, projected_bytes: int, allowed_bytes: int) -> bool:
    """Whether so many workers had better count panels than spill shards."""
    return workers <= MOST_PANELS and projected_bytes <= allowed_bytes
