"""Tall dense matrices that live on the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dsgns.store import Output
from dsgns.svd.ahead import read_ahead
from dsgns.svd.kernels.multiply import halve_rows
from dsgns.svd.kernels.tiles import LANES, WIDEST_TILE

SLAB_ROWS = 2048
"""Rows that are worked on at a time."""

_LINE = 64  # bytes of a cache line


@dataclass(frozen=True)
class Iterate:
    """A matrix of shape (V, l), float32, cut into raw files of some rows by some columns, each in C order.

    Parameters
    ----------
    output
        Holds the files.
    name
        Prefix of their names, such as ``work/03/left``.
    rows, columns
        Boundaries of the files.
    """

    output: Output
    name: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def width(self) -> int:
        """Columns in all."""
        return self.columns[-1]

    def file(self, row: int, column: int = 0) -> str:
        """The name of the file at a place of the grid."""
        return f"{self.name}/{row:05d}-{column:02d}"

    def files(self) -> dict[str, tuple[int, int]]:
        """Every file's name and its place in the grid."""
        places = ((row, column) for row in range(len(self.rows) - 1) for column in range(len(self.columns) - 1))
        return {self.file(*place): place for place in places}

    def read(self, start: int, stop: int, columns: tuple[int, int] | None = None) -> np.ndarray:
        """Rows ``start`` to ``stop``, all columns or those from ``columns[0]`` to ``columns[1]``, float32."""
        left, right = columns or (0, self.width)
        places = list(_overlaps(self.rows, start, stop)), list(_overlaps(self.columns, left, right))
        if len(places[0]) == 1 and (left, right) in pairwise(self.columns):
            return self._read_file(places[0][0][0], places[1][0][0], start, stop)
        out = np.empty((stop - start, right - left), np.float32)
        for row, (first, last) in places[0]:
            for column, (low, high) in places[1]:
                part = self._read_file(row, column, first, last)
                origin = self.columns[column]
                out[first - start : last - start, low - left : high - left] = part[:, low - origin : high - origin]
        return out

    def _read_file(self, row: int, column: int, first: int, last: int) -> np.ndarray:
        """Rows ``first`` to ``last`` of one file, all its columns."""
        width = self.columns[column + 1] - self.columns[column]
        part = np.empty((last - first, width), np.float32)
        offset = part.itemsize * width * (first - self.rows[row])
        self.output.read_bytes_into(self.file(row, column), offset, part.reshape(-1).view(np.uint8))
        return part


def _overlaps(cuts: tuple[int, ...], start: int, stop: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """The intervals between ``cuts`` that meet ``start`` to ``stop``: number, and where they overlap."""
    number = int(np.searchsorted(cuts, start, side="right")) - 1
    while number < len(cuts) - 1 and cuts[number] < stop:
        yield number, (max(start, cuts[number]), min(stop, cuts[number + 1]))
        number += 1


def even_cuts(start: int, stop: int, most: int, multiple: int) -> tuple[int, ...]:
    """Cuts of an interval into the fewest nearly equal parts of at most ``most``, all multiples of ``multiple``.

    Examples
    --------
    >>> even_cuts(0, 336, most=128, multiple=16)
    (0, 112, 224, 336)
    """
    units = (stop - start) // multiple
    parts = -(-units // max(1, most // multiple))
    return tuple(start + multiple * (units * part // parts) for part in range(parts + 1))


def half_tiles(iterate: Iterate, columns: tuple[int, int], scale: float) -> list[tuple[int, np.ndarray]]:
    """Columns of an iterate times ``scale`` in half precision, in tiles that kernels take.

    Half as many bytes to fetch at random make products nearly twice as fast as in float32.

    Parameters
    ----------
    columns
        First and last; both multiples of ``LANES``.
    scale
        A power of two that brings the numbers to where halves are dense.

    Returns
    -------
    list
        For each tile its first column, counted from ``columns[0]``, and its numbers, shape (V, width), uint16.
    """
    cuts = even_cuts(*columns, WIDEST_TILE, LANES)
    size = iterate.rows[-1]
    tiles = [_aligned((size, high - low)) for low, high in pairwise(cuts)]
    starts = range(0, size, SLAB_ROWS)
    slabs = (iterate.read(start, min(start + SLAB_ROWS, size), columns) for start in starts)
    for start, slab in zip(starts, read_ahead(slabs), strict=True):
        for low, tile in zip(cuts, tiles, strict=False):
            halve_rows(slab, np.float32(scale), low - columns[0], tile[start : start + len(slab)])
    return [(low - columns[0], tile) for low, tile in zip(cuts, tiles, strict=False)]


def _aligned(shape: tuple[int, int]) -> np.ndarray:
    """An empty uint16 array that begins at a cache line: rows that straddle one more cost a third of the speed."""
    size = 2 * shape[0] * shape[1]
    raw = np.empty(size + _LINE, np.uint8)
    offset = -raw.ctypes.data % _LINE
    return raw[offset : offset + size].view(np.uint16).reshape(shape)
