"""The product of a sparse matrix with a tall dense one, which is nearly all of the SVD, with a large vocabulary."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns.parameters import CountsParameters, PMIParameters
from dsgns.pmi.stage import weigh, write_ppmi
from dsgns.store import Output, Workspace
from dsgns.svd.cells import CellStore
from dsgns.svd.iterate import Iterate
from dsgns.svd.task_multiply import Product, half_scale, multiply
from dsgns.svd.task_pack import pack_block
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk, one_worker
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
WIDTH = 384
# A small window leaves as many cells as fit a run of some seconds.
COUNTS, PMI = CountsParameters(window=2), PMIParameters()
_ROWS, _LARGEST = 100, 1.0


def contests(desk: Desk) -> Iterator[Contest]:
    """The task of our SVD, from cells on disk to a product on disk, against SciPy in memory."""
    wide = desk.wide(TOKENS)
    number = wide.tokens(TOKENS)
    made, counts = wide.encoded(number), wide.counted(number, COUNTS)
    cells = write_ppmi(one_worker(), made.workspace, counts, PMI).facts["nonzeros"]
    arguments = made.workspace, counts
    yield Contest(
        "spmm",
        f"V={counts.facts['vocabulary_size']:,}, {cells / 1e6:.3g}M cells, l={WIDTH}",
        2 * cells * WIDTH,
        Way("dsgns", "dsgns, disk to disk", task, arguments),
        [Rival(Way("scipy", "scipy csr @ dense, in memory", scipy_trial, arguments), require_close)],
        unit="flop",
    )


def dense(size: int) -> np.ndarray:
    """Numbers between -1 and 1, float32, shape (size, WIDTH)."""
    return np.random.default_rng(1).random((size, WIDTH), np.float32) * 2 - 1


def task(workspace: Workspace, counts: Output) -> Trial:
    """Our task, all rows in one run, all columns in one band."""
    marginals = weigh(one_worker(), workspace, counts, PMI)
    output, grid = workspace.output("svd", "spmm"), tuple(counts.facts["grid"])
    store, last = CellStore(output, grid), len(grid) - 1
    for block in range(last):
        pack_block(store, block, counts, f"rows/{block:05d}", marginals, PMI.transform)
    source, target = (Iterate(output, name, (0, grid[-1]), (0, WIDTH)) for name in ("source", "target"))
    output.write_bytes(source.file(0), [dense(grid[-1])])
    product = Product(store, (0, last), False, source, target, half_scale(_LARGEST))

    def found(_: object) -> np.ndarray:
        return target.read(0, _ROWS)

    return Trial(lambda: multiply(product, 0, 0), lambda: output.remove("target"), found)


def scipy_trial(workspace: Workspace, counts: Output) -> Trial:
    """SciPy's product."""
    matrix = in_memory(write_ppmi(one_worker(), workspace, counts, PMI))
    right = dense(matrix.shape[0])
    return Trial(lambda: matrix @ right, found=lambda product: product[:_ROWS])


def require_close(ours: np.ndarray, theirs: np.ndarray) -> str:
    """The same up to the rounding of half precision."""
    difference = float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))
    assert difference < 1e-3, difference
    return f"relative difference {difference:.0e}"
