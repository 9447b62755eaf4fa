"""The steps of one factorisation: each a set of tasks over rows, each finished before the next begins."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, pairwise
from typing import Any

import numpy as np

from dsgns.engine import Job
from dsgns.parameters import SVDParameters
from dsgns.store import Manifest
from dsgns.svd.cells import CellStore
from dsgns.svd.iterate import Iterate
from dsgns.svd.plan import (
    SVDPlan,
    projected_combine_bytes,
    projected_gram_bytes,
    projected_multiply_bytes,
    projected_sketch_bytes,
    projected_solve_bytes,
    projected_start_bytes,
    projected_write_bytes,
)
from dsgns.svd.task_dense import (
    BASIS_SCALE,
    copy_spectrum,
    gram_panel,
    residual_panel,
    solve,
    turn,
    write_basis,
    write_spectrum,
    write_vectors,
)
from dsgns.svd.task_multiply import Product, copy_start, half_scale, multiply, sketch
from dsgns.svd.warm import KnownVectors

Items = dict[str, tuple[Any, ...]]

WORK = "work"
"""Everything below is scaffolding."""


class Steps:
    """What a run of the iteration does, iteration by iteration.

    Iteration k has a basis Q_k, the products Y_k = M Q_k and T_k = M^T Y_k - alpha Q_k, and their Gram matrices, all
    below ``work/k``. T_k made orthonormal is Q_{k+1}. Iteration 0 has the random start for a basis; with a warm one it
    has the known vectors for T_0.

    Parameters
    ----------
    job
        Runs the tasks.
    plan
        How the work is cut.
    store
        The matrix.
    cells
        Of each row block of the matrix, for progress.
    bound
        No number of M Q can be larger.
    known
        What to start from, if not at random.
    """

    def __init__(
        self,
        job: Job,
        plan: SVDPlan,
        store: CellStore,
        cells: list[int],
        bound: float,
        parameters: SVDParameters,
        known: KnownVectors | None = None,
    ) -> None:
        self.job, self.output, self.plan, self.store, self.parameters = job, job.output, plan, store, parameters
        self.known = known
        self.product_scale = half_scale(bound)
        self.run_cells = [sum(cells[first:last]) for first, last in pairwise(plan.runs)]
        self.run_rows = tuple(store.grid[block] for block in plan.runs)

    # Where things are --------------------------------------------------------------------------------

    def basis(self, k: int) -> Iterate:
        """Q_k."""
        return Iterate(self.output, f"{_folder(k)}/basis", tuple(self.plan.panels), (0, self.plan.width))

    def left(self, k: int) -> Iterate:
        """Y_k = M Q_k."""
        return Iterate(self.output, f"{_folder(k)}/left", self.run_rows, tuple(self.plan.bands))

    def right(self, k: int) -> Iterate:
        """T_k = M^T Y_k - alpha Q_k."""
        return Iterate(self.output, f"{_folder(k)}/right", self.run_rows, tuple(self.plan.bands))

    def shift(self, k: int) -> float:
        """The alpha of T_{k+1}."""
        return float(self.output.facts_of(f"{_folder(k)}/turn")["shift"])

    def latest(self) -> int:
        """The last iteration that can go on; 0 when there is none, or when what is there is damaged."""
        there = list(self.output.manifests(WORK))
        if len(self.job.engine.sound(self.output, there)) < len(there):
            self.output.remove(WORK)
            return 0
        known, k = set(there), 0
        for number in range(1, self.parameters.power_iterations + 1):
            k = number if known.issuperset(self._led_to(number)) else k
        return k

    def _led_to(self, k: int) -> list[str]:
        """What iteration k goes on from: its basis, its shift, and the basis and the products of the one before.

        A power cut may take any of it, for scaffolding does not wait for the disk.
        """
        before = [of(k - 1) for of in (self.basis, self.left, self.right)] if k > 1 else []
        return [f"{_folder(k - 1)}/turn", *chain.from_iterable(each.files() for each in (self.basis(k), *before))]

    # What is done ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Make Q_1 from the random start, or from what is known."""
        if self.known is None:
            self._sketch()
        else:
            self._copy(self.known)
        self.advance(0)

    def _sketch(self) -> None:
        left, seed = self.left(0), self.parameters.seed
        items = {name: (self.store, tuple(self.plan.runs), left, *place, seed) for name, place in left.files().items()}
        projected = projected_sketch_bytes(self.store.grid[-1], self.plan.width)
        self._run_cells("svd: sketch", sketch, items, left, projected)
        self._multiply(Product(self.store, tuple(self.plan.runs), True, left, self.right(0), self.product_scale))

    def _copy(self, known: KnownVectors) -> None:
        right, seed = self.right(0), self.parameters.seed
        items = {name: (known, right, *place, seed) for name, place in right.files().items()}
        projected = projected_start_bytes(self.store.grid[-1], self.plan.width, known.output.parameters["vector_size"])
        self.job.run("svd: start", copy_start, items, projected_bytes=projected)

    def multiply(self, k: int) -> None:
        """Make Y_k and T_k from Q_k."""
        basis, left, right, runs = self.basis(k), self.left(k), self.right(k), tuple(self.plan.runs)
        self._multiply(Product(self.store, runs, False, basis, left, BASIS_SCALE))
        self._multiply(Product(self.store, runs, True, left, right, self.product_scale, self.shift(k - 1), basis))

    def advance(self, k: int) -> None:
        """Make Q_{k+1} from T_k, and delete what nobody will ask for any more."""
        right, basis, turned = self.right(k), self.basis(k + 1), f"{_folder(k)}/turn"
        panels = self._gram(f"{_folder(k)}/product-gram", {"product": (right,)}, exact=False)
        shift = self.output.facts_of(right.file(0))["shift"]
        solving = projected_solve_bytes(self.plan.width)
        self.job.run("svd: solve", turn, {turned: (self.output, turned, panels, shift)}, projected_bytes=solving)
        self.job.run(
            "svd: basis",
            write_basis,
            {name: (right, basis, panel, turned) for name, (panel, _) in basis.files().items()},
            projected_bytes=projected_combine_bytes(self.plan.width, self.plan.width),
        )
        for older in range(k):
            self.output.remove(_folder(older))

    def measure(self, k: int) -> np.ndarray:
        """Residuals, shape (d,), float64, of the best triplets in the span of Q_k and Q_{k-1}."""
        solved, found, rows = f"{_folder(k)}/solved", f"{_folder(k)}/spectrum", self.plan.panels
        bases, products = self._last_two(self.basis, k), self._last_two(self.right, k)
        panels = self._gram(f"{_folder(k)}/gram", {"right": bases, "left": self._last_two(self.left, k)})
        size, width = self.parameters.vector_size, self.plan.width
        solving = projected_solve_bytes(width)
        self.job.run("svd: solve", solve, {solved: (self.output, solved, panels, size)}, projected_bytes=solving)
        shifts = tuple(float(self.output.facts_of(product.file(0))["shift"]) for product in products)
        about = (solved, bases, products, shifts)
        measured = self._over_rows(f"{_folder(k)}/residuals", rows, lambda name, *cut: (self.output, name, *about, cut))
        self.job.run("svd: residuals", residual_panel, measured, projected_bytes=projected_combine_bytes(width, size))
        spectrum = {found: (self.output, found, solved, list(measured))}
        self.job.run("svd: spectrum", write_spectrum, spectrum, projected_bytes=solving)
        return self.output.read(found, "residuals")["residuals"]

    def finish(self, k: int) -> None:
        """Write the vectors and the spectrum that were measured in iteration k."""
        solved, found, size = f"{_folder(k)}/solved", f"{_folder(k)}/spectrum", self.parameters.vector_size
        items: Items = {}
        for side, iterate in (("left", self.left), ("right", self.basis)):
            parts = self._last_two(iterate, k)
            items |= self._over_rows(
                side, self.plan.blocks, lambda name, *cut, s=side, p=parts: (self.output, name, solved, s, p, *cut)
            )
        writing = projected_write_bytes(self.plan.width, size)
        self.job.run("svd: vectors", write_vectors, items, projected_bytes=writing)
        spectrum = {"spectrum": (self.output, "spectrum", found)}
        self.job.run("svd: spectrum", copy_spectrum, spectrum, projected_bytes=projected_solve_bytes(size))

    # How ---------------------------------------------------------------------------------------------

    def _multiply(self, product: Product) -> None:
        bands = self.plan.bands
        widest = max(high - low for low, high in pairwise(bands))
        projected = projected_multiply_bytes(self.store.grid[-1], widest)
        items = {name: (product, *place) for name, place in product.target.files().items()}
        self._run_cells("svd: multiply", multiply, items, product.target, projected)

    def _run_cells(
        self, label: str, task: Callable[..., Manifest], items: Items, target: Iterate, projected: int
    ) -> None:
        weights = {name: self.run_cells[run] for name, (run, _) in target.files().items()}
        self.job.run(label, task, items, projected_bytes=projected, unit="cells", weights=weights)

    def _gram(self, prefix: str, parts: dict[str, tuple[Iterate, ...]], *, exact: bool = True) -> list[str]:
        """Make Gram matrices panel by panel; the panels' names."""
        items = self._over_rows(prefix, self.plan.panels, lambda name, *cut: (self.output, name, parts, exact, *cut))
        self.job.run("svd: gram", gram_panel, items, projected_bytes=projected_gram_bytes(self.plan.width))
        return list(items)

    @staticmethod
    def _over_rows(prefix: str, cuts: list[int], arguments: Callable[..., tuple[Any, ...]]) -> Items:
        """A task for each interval of rows: ``arguments(name, start, stop)`` by name."""
        return {(name := f"{prefix}/{number:05d}"): arguments(name, *cut) for number, cut in enumerate(pairwise(cuts))}

    @staticmethod
    def _last_two(iterate: Callable[[int], Iterate], k: int) -> tuple[Iterate, ...]:
        """The iterates of the last two iterations that have a basis."""
        return tuple(iterate(number) for number in (k - 1, k) if number >= 1)


def _folder(k: int) -> str:
    return f"{WORK}/{k:02d}"
