"""Multiply the sparse matrix with a band of columns of an iterate, one run of row blocks at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsgns import progress
from dsgns.store import Manifest
from dsgns.svd.cells import CellStore
from dsgns.svd.iterate import Iterate, half_tiles
from dsgns.svd.kernels.multiply import multiply_rows, sketch_rows
from dsgns.svd.kernels.tiles import LANES
from dsgns.svd.start import random_start

_LARGEST_HALF = 2.0**15


@dataclass(frozen=True)
class Product:
    """``target = M source``, or ``M^T source``, less ``shift`` times ``shifted``.

    Parameters
    ----------
    store
        The matrix.
    runs
        Boundaries of the runs of row blocks.
    transposed
        Whether it is M^T.
    source, target
        What is multiplied, and the result.
    scale
        From :func:`half_scale`.
    shifted
        The basis that the source is a product of, when there is a shift.
    """

    store: CellStore
    runs: tuple[int, ...]
    transposed: bool
    source: Iterate
    target: Iterate
    scale: float
    shift: float = 0.0
    shifted: Iterate | None = None


def half_scale(bound: float) -> float:
    """The power of two that brings numbers up to ``bound`` below the largest half-precision number.

    Examples
    --------
    >>> half_scale(1.0), half_scale(3000.0)
    (32768.0, 8.0)
    """
    return 2.0 ** math.floor(math.log2(_LARGEST_HALF / bound))


def multiply(product: Product, run: int, band: int) -> Manifest:
    """The rows of one run in the columns of one band, streamed to a file of the target."""
    target = product.target
    columns = target.columns[band], target.columns[band + 1]
    tiles = half_tiles(product.source, columns, product.scale)
    unscale = np.float32(1 / product.scale)

    def pieces() -> Iterator[np.ndarray]:
        for block in range(product.runs[run], product.runs[run + 1]):
            for first, rows in product.store.pieces(block, transposed=product.transposed):
                sums = np.empty((len(rows.pointers) - 1, columns[1] - columns[0]), np.float32)
                for column, tile in tiles:
                    multiply_rows(*rows, tile, unscale, sums, column, (0,) * (tile.shape[1] // LANES))
                if product.shifted is not None:
                    basis = product.shifted.read(first, first + len(sums), columns)
                    basis *= np.float32(product.shift)
                    sums -= basis
                progress.advance(len(rows.cells))
                yield sums

    return target.output.write_bytes(target.file(run, band), pieces(), facts={"shift": product.shift})


def sketch(store: CellStore, runs: tuple[int, ...], target: Iterate, run: int, band: int, seed: int) -> Manifest:
    """The rows of one run, in the columns of one band, of M times the random start."""
    low, high = target.columns[band], target.columns[band + 1]
    start = random_start(store.grid[-1], target.width, seed)

    def pieces() -> Iterator[np.ndarray]:
        for block in range(runs[run], runs[run + 1]):
            for _, rows in store.pieces(block, transposed=False):
                sums = np.empty((len(rows.pointers) - 1, target.width), np.float32)
                sketch_rows(*rows, *start, sums)
                progress.advance(len(rows.cells))
                yield np.ascontiguousarray(sums[:, low:high])

    return target.output.write_bytes(target.file(run, band), pieces())
