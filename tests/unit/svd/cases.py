"""Matrices to factorise, and engines that do it."""

from __future__ import annotations

import numpy as np

from dsgns.parameters import PMIParameters, SVDParameters
from dsgns.store import Output, Workspace
from dsgns.svd import stage
from tests.support.serial import SerialEngine
from tests.unit.svd.made import dense_matrix, write_counts, write_marginals

ROOMY = 1 << 30


class Interrupted(SerialEngine):
    """Runs so many tasks, then no more."""

    def __init__(self, tasks: int) -> None:
        super().__init__(ROOMY)
        self.left = tasks

    def run(self, label, function, items, lost=None):
        for name, item in items.items():
            if not label.endswith("check"):
                self.left -= 1
                if self.left < 0:
                    raise KeyboardInterrupt
            yield from super().run(label, function, {name: item}, lost)


class Case:
    """Counts, marginals and the matrix they make."""

    def __init__(
        self,
        counts: np.ndarray,
        row: np.ndarray,
        column: np.ndarray,
        grid: list[int] | None = None,
        pmi: PMIParameters | None = None,
    ) -> None:
        self.counts, self.row, self.column, self.grid = counts, row, column, grid
        self.pmi = pmi or PMIParameters()
        self.matrix = dense_matrix(counts, row, column, self.pmi.transform)

    def factorize(self, workspace: Workspace, monkeypatch, parameters: SVDParameters, engine=None) -> Output:
        counts = write_counts(workspace, self.counts, self.grid)
        marginals = write_marginals(workspace, self.row, self.column)
        monkeypatch.setattr(stage, "weigh", lambda *_: marginals)
        return stage.factorize(engine or SerialEngine(ROOMY), workspace, counts, self.pmi, parameters)


def triplets(output: Output) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sides = [
        np.concatenate([output.read(name, "rows")["rows"] for name in output.manifests(side)])
        for side in ("left", "right")
    ]
    return sides[0], output.read("spectrum")["singular_values"], sides[1]
