"""The positive cells of a weighted matrix, packed and raw, as each multiplication reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dsgns.store import Manifest, Output

PIECE_ROWS = 8192
PIECE_CELLS = 1 << 19


class Rows(NamedTuple):
    """Consecutive rows of packed cells.

    Parameters
    ----------
    pointers : shape (rows + 1,), int64
        Where each row begins in ``cells``.
    cells : uint32
        See :mod:`dsgns.svd.kernels.pack`.
    """

    pointers: np.ndarray
    cells: np.ndarray


@dataclass(frozen=True)
class CellStore:
    """A matrix M and its transpose, one raw file for each row block of the counts: ``cells/00000``...

    The counts are symmetric, so one row block of them gives the same rows of both. A file holds the row pointers of
    M and its cells, then the same of M^T unless that is M. Decoding the counts and taking logarithms for every
    product cost three times the product itself on a vocabulary of 70k words; a packed cell takes 4 bytes.

    Parameters
    ----------
    output
        Holds the files.
    grid
        Row boundaries of the blocks.
    scale
        Of the cells: the power of two that M is to be multiplied with to give them.
    """

    output: Output
    grid: tuple[int, ...]
    scale: float = 1.0

    def names(self) -> list[str]:
        """The names of all blocks, in order."""
        return [self.name(block) for block in range(len(self.grid) - 1)]

    @staticmethod
    def name(block: int) -> str:
        """The name of one block."""
        return f"cells/{block:05d}"

    def write(self, block: int, sides: Iterable[Rows], facts: Callable[[], dict[str, Any]]) -> Manifest:
        """Write a block: the rows of M, then those of M^T if that is another matrix.

        ``facts()`` are kept beside the numbers of ``cells``.
        """
        cells = []

        def parts() -> Iterator[np.ndarray]:
            for rows in sides:
                cells.append(len(rows.cells))
                yield from rows

        return self.output.write_bytes(
            self.name(block), parts(), facts=lambda: {**facts(), "cells": cells}, lasting=False
        )

    def pieces(self, block: int, *, transposed: bool) -> Iterator[tuple[int, Rows]]:
        """The rows of a block, some at a time, each with its first row's number.

        A piece holds at most ``PIECE_ROWS`` rows and, unless it is a single row, ``PIECE_CELLS`` cells. Its cells
        are overwritten by the one after the next, so that one can be worked on while another is read.
        """
        name, rows = self.name(block), self.grid[block + 1] - self.grid[block]
        pointers = np.empty(rows + 1, np.int64)
        cells_of = self.output.facts_of(name)["cells"] if transposed else []
        before = pointers.nbytes + 4 * cells_of[0] if len(cells_of) > 1 else 0
        self.output.read_bytes_into(name, before, pointers.view(np.uint8))
        cells_at = before + pointers.nbytes
        cuts = piece_cuts(pointers, PIECE_ROWS, PIECE_CELLS)
        most, buffers = int(np.diff(pointers[cuts]).max(initial=0)), []
        for number, (first, last) in enumerate(pairwise(cuts)):
            if number < 2:
                buffers.append(np.empty(most, np.uint32))
            cells = buffers[number % 2][: pointers[last] - pointers[first]]
            self.output.read_bytes_into(name, cells_at + 4 * int(pointers[first]), cells.view(np.uint8))
            yield self.grid[block] + first, Rows(pointers[first : last + 1] - pointers[first], cells)


def piece_cuts(pointers: np.ndarray, most_rows: int, most_cells: int) -> list[int]:
    """Where to cut rows, given their pointers, int64, so that no piece is larger than it may be, unless it is one row.

    Examples
    --------
    >>> piece_cuts(np.array([0, 5, 6, 7, 8]), most_rows=2, most_cells=4)
    [0, 1, 3, 4]
    """
    cuts, rows = [0], len(pointers) - 1
    while cuts[-1] < rows:
        full = int(np.searchsorted(pointers, pointers[cuts[-1]] + most_cells, side="right")) - 1
        cuts.append(min(rows, cuts[-1] + most_rows, max(full, cuts[-1] + 1)))
    return cuts
