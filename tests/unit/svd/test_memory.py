"""What each task holds at most, against what was promised of it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsgns.store import CSRBlock, Output, Workspace, write_csr
from dsgns.svd import plan
from dsgns.svd.cells import CellStore
from dsgns.svd.iterate import Iterate
from dsgns.svd.task_dense import gram_panel, residual_panel, solve, turn, write_basis, write_vectors
from dsgns.svd.task_multiply import Product, multiply, sketch
from dsgns.svd.task_pack import pack_block
from tests.unit.svd.made import write_marginals

SIZE, PER_ROW, WIDTH, VECTORS = 20_000, 100, 256, 200
NONZEROS = SIZE * PER_ROW
SLACK = 2 << 20  # file buffers and Python's own objects


def peak(task: Callable[..., Any], *arguments: Any) -> int:
    """Most bytes allocated while a task runs."""
    tracemalloc.start()
    try:
        task(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def check(projected: int, task: Callable[..., Any], *arguments: Any) -> None:
    """The task keeps its promise, and the promise is not twice what it takes."""
    task(*arguments)  # compiles
    promised, held = projected - plan._OVERHEAD, peak(task, *arguments)
    assert held <= promised + SLACK, f"{held:,} bytes held, {promised:,} promised"
    assert promised <= 2 * held + SLACK, f"{promised:,} bytes promised, {held:,} held"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Output, Output, Output]:
    """Random counts in one row block, their marginals, and where the work goes."""
    workspace = Workspace.create(str(tmp_path_factory.mktemp("memory") / "w"))
    rng = np.random.default_rng(0)
    indices = np.sort(rng.integers(0, SIZE, (SIZE, PER_ROW)), axis=1).astype(np.int32).ravel()
    indptr = np.arange(0, NONZEROS + 1, PER_ROW)
    counts = workspace.output("counts", "made")
    write_csr(counts, "rows/00000", CSRBlock(np.full(NONZEROS, 9, np.uint32), indices, indptr, 0, SIZE))
    marginals = write_marginals(workspace, np.zeros(SIZE), np.zeros(SIZE))
    return counts, marginals, workspace.output("svd", "made")


@pytest.fixture(scope="module")
def store(made) -> CellStore:
    counts, marginals, output = made
    store = CellStore(output, (0, SIZE))
    pack_block(store, 0, counts, "rows/00000", marginals, "sppmi")
    return store


@pytest.fixture(scope="module")
def iterates(made) -> list[Iterate]:
    """Six iterates of random numbers."""
    rng = np.random.default_rng(1)
    found = [Iterate(made[2], f"work/{name}", (0, SIZE), (0, WIDTH)) for name in range(6)]
    for iterate in found:
        iterate.output.write_bytes(iterate.file(0), [rng.standard_normal((SIZE, WIDTH), dtype=np.float32)])
    return found


def test_packing(made, store):
    counts, marginals, _ = made
    check(
        plan.projected_pack_bytes(NONZEROS, SIZE, SIZE), pack_block, store, 0, counts, "rows/00000", marginals, "sppmi"
    )


@pytest.mark.parametrize("bands", [1, 2])
def test_multiplying(store, iterates, bands):
    target = Iterate(store.output, "work/target", (0, SIZE), (0, WIDTH // bands, WIDTH)[: bands + 1])
    product = Product(store, (0, 1), False, iterates[0], target, 8.0, 0.5, iterates[1])
    check(plan.projected_multiply_bytes(SIZE, WIDTH // bands), multiply, product, 0, 0)


def test_sketching(store):
    target = Iterate(store.output, "work/target", (0, SIZE), (0, WIDTH))
    check(plan.projected_sketch_bytes(SIZE, WIDTH), sketch, store, (0, 1), target, 0, 0, 1)


def test_the_dense_algebra(made, iterates):
    output = made[2]
    bases, products, others = tuple(iterates[:2]), tuple(iterates[2:4]), tuple(iterates[4:])
    parts = {"right": bases, "left": products}
    check(plan.projected_gram_bytes(WIDTH), gram_panel, output, "work/gram", parts, True, 0, SIZE)
    gram_panel(output, "work/product", {"product": bases[:1]}, False, 0, SIZE)
    solving = plan.projected_solve_bytes(WIDTH)
    assert peak(turn, output, "work/turn", ["work/product"], 0.0) + plan._OVERHEAD <= solving
    check(solving, solve, output, "work/solved", ["work/gram"], VECTORS)
    basis = Iterate(output, "work/basis", (0, SIZE), (0, WIDTH))
    combining = plan.projected_combine_bytes(WIDTH, WIDTH)
    assert peak(write_basis, bases[0], basis, 0, "work/turn") + plan._OVERHEAD <= combining
    arguments = (output, "work/squares", "work/solved", bases, others, (0.5, 1.0), (0, SIZE))
    check(plan.projected_combine_bytes(WIDTH, VECTORS), residual_panel, *arguments)
    rows = plan.block_rows(VECTORS)
    arguments = (output, "left/00000", "work/solved", "left", products, 0, rows)
    check(plan.projected_write_bytes(WIDTH, VECTORS), write_vectors, *arguments)
