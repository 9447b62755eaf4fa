"""Multiply the sparse matrix with a band of columns of an iterate, one run of row blocks at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from dsgns import progress
from dsgns.store import Manifest
from dsgns.svd.ahead import read_ahead
from dsgns.svd.cells import PIECE_ROWS, CellStore, Rows
from dsgns.svd.iterate import SLAB_ROWS, Iterate, half_tiles
from dsgns.svd.kernels.multiply import multiply_rows, sketch_rows
from dsgns.svd.kernels.tiles import LANES
from dsgns.svd.start import random_start
from dsgns.svd.warm import KnownVectors

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
    unscale = np.float32(1 / (product.scale * product.store.scale))

    def pieces() -> Iterator[np.ndarray]:
        room = np.empty((PIECE_ROWS, columns[1] - columns[0]), np.float32)
        for first, rows in _run(product.store, product.runs, run, transposed=product.transposed):
            sums = room[: len(rows.pointers) - 1]
            for column, tile in tiles:
                multiply_rows(*rows, tile, unscale, sums, column, (0,) * (tile.shape[1] // LANES))
            if product.shifted is not None:
                _subtract(sums, product.shift, product.shifted, first, columns)
            progress.advance(len(rows.cells))
            yield sums

    return target.output.write_bytes(target.file(run, band), pieces(), facts={"shift": product.shift}, lasting=False)


def _run(store: CellStore, runs: tuple[int, ...], run: int, *, transposed: bool) -> Iterator[tuple[int, Rows]]:
    """The pieces of all blocks of a run, read while the one before is worked on."""
    blocks = range(runs[run], runs[run + 1])
    return read_ahead(chain.from_iterable(store.pieces(block, transposed=transposed) for block in blocks))


def _subtract(sums: np.ndarray, shift: float, basis: Iterate, first: int, columns: tuple[int, int]) -> None:
    """Take ``shift`` times rows of the basis, from row ``first`` on, from ``sums``."""
    for start in range(0, len(sums), SLAB_ROWS):
        part = sums[start : start + SLAB_ROWS]
        rows = basis.read(first + start, first + start + len(part), columns)
        rows *= np.float32(shift)
        part -= rows


def sketch(store: CellStore, runs: tuple[int, ...], target: Iterate, run: int, band: int, seed: int) -> Manifest:
    """The rows of one run, in the columns of one band, of M times the random start."""
    low, high = target.columns[band], target.columns[band + 1]
    buckets, weights = random_start(store.grid[-1], target.width, seed)
    weights /= np.float32(store.scale)

    def pieces() -> Iterator[np.ndarray]:
        room = np.empty((PIECE_ROWS, target.width), np.float32)
        for _, rows in _run(store, runs, run, transposed=False):
            sums = room[: len(rows.pointers) - 1]
            sketch_rows(*rows, buckets, weights, sums)
            progress.advance(len(rows.cells))
            yield np.ascontiguousarray(sums[:, low:high])

    return target.output.write_bytes(target.file(run, band), pieces(), facts={"shift": 0.0}, lasting=False)


def copy_start(known: KnownVectors, target: Iterate, run: int, band: int, seed: int) -> Manifest:
    """The rows of one run, in the columns of one band, of known vectors with random ones after them.

    The facts hold no shift: this is no product with M, so it does not tell what to shift the first one by.
    """
    count = min(known.count, target.width)
    buckets, weights = random_start(target.rows[-1], max(1, target.width - count), seed)

    def slabs() -> Iterator[np.ndarray]:
        for first, rows in known.slabs(target.rows[run], target.rows[run + 1]):
            slab = np.zeros((len(rows), target.width), np.float32)
            slab[:, :count] = rows[:, :count]
            if count < target.width:
                own = slice(first, first + len(rows))
                slab[np.arange(len(rows)), count + buckets[own]] = weights[own]
            yield np.ascontiguousarray(slab[:, target.columns[band] : target.columns[band + 1]])

    return target.output.write_bytes(target.file(run, band), slabs(), facts={"shift": None}, lasting=False)
