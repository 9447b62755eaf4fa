"""Factorising a matrix that is read from disk for every product, beside the same matrix kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np

from dsgns.parameters import CountsParameters, SVDParameters
from dsgns.store import Output, Workspace
from dsgns.svd.cells import CellStore, Rows
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk
from tests.benchmarks.svd import right_vectors, stage
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
SIZE = 100


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage both times, on the wall: only where its cells are read from differs."""
    number = desk.tokens(TOKENS)
    made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
    arguments = made.workspace, counts, SVDParameters(vector_size=SIZE)
    cells = counts.facts["nonzeros"]
    yield Contest(
        "stream",
        f"counts to vectors, d={SIZE}, {cells / 1e6:.3g}M counts",
        cells,
        Way("dsgns", "dsgns, streaming from disk", from_disk, arguments),
        [Rival(Way("dsgns", "the same with its matrix in memory", from_memory, arguments), require_equal)],
        unit="counts",
        clock="wall",
    )


def from_disk(workspace: Workspace, counts: Output, parameters: SVDParameters) -> Trial:
    """Our stage as it is."""
    trial = stage(workspace, counts, parameters)
    return Trial(trial.run, trial.before, right_vectors)


def from_memory(workspace: Workspace, counts: Output, parameters: SVDParameters) -> Trial:
    """Our stage with all cells that were ever read kept."""
    read, kept = CellStore.pieces, {}

    def pieces(store: CellStore, block: int, *, transposed: bool) -> Iterator[tuple[int, Rows]]:
        if (block, transposed) not in kept:
            found = read(store, block, transposed=transposed)
            kept[block, transposed] = [(first, Rows(*(array.copy() for array in rows))) for first, rows in found]
        return iter(kept[block, transposed])

    def run() -> Output:
        with patch.object(CellStore, "pieces", pieces):
            return trial.run()

    trial = stage(workspace, counts, parameters)
    return Trial(run, trial.before, right_vectors)


def require_equal(ours: np.ndarray, theirs: np.ndarray) -> str:
    """The same bits."""
    np.testing.assert_array_equal(ours, theirs)
    return "vectors equal to the bit"
