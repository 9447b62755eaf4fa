"""A model larger than memory: both matrices in a file, of which training gets copies of the rows that a chunk needs."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dsgns.sgns.grid import Grid, within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.model import Model, aligned_zeros
from dsgns.sgns.rows import places

FILED = hasattr(os, "posix_fallocate") and hasattr(mmap, "MADV_DONTNEED")
"""Whether this system can: that pages which are let go of keep what was written to them is Linux's promise."""

Block = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


class RowFile:
    """Zeros of two matrices in a file without a name, which goes with its process.

    The file is mapped into memory a block at a time: what is mapped counts as the process's own, and the system would
    not take it back before Dask thinks that the worker is too large. Pages that are let go of stay in the system's
    cache while it has room.

    Parameters
    ----------
    columns
        Of a stored row.
    grid
        The blocks.
    folder
        Where the file lies; None for where temporary files do.

    Raises
    ------
    OSError
        If there is no room for it.
    """

    def __init__(self, columns: int, grid: Grid, folder: str | None) -> None:
        self._grid, rows = grid, grid[-1][1]
        with tempfile.TemporaryFile(dir=folder) as file:
            # Room that is lacking is an error now, and no fault when a page is written to.
            os.posix_fallocate(file.fileno(), 0, 2 * rows * columns * 4)
            self._memory = mmap.mmap(file.fileno(), 2 * rows * columns * 4)
        self._matrices = np.frombuffer(self._memory, np.float32).reshape(2, rows, columns)

    def blocks(self) -> Iterator[Block]:
        """The rows of each block of both matrices, to be read and written to until the next one is asked for."""
        for start, stop in self._grid:
            yield self._matrices[0, start:stop], self._matrices[1, start:stop]
            self._memory.madvise(mmap.MADV_DONTNEED)

    def gather(self, words: RowMaps) -> Model:
        """A model of copies of the rows of some words, int32, ascending."""
        copies = [aligned_zeros(ids.size, self._matrices.shape[2]) for ids in words]
        for block, parts in zip(self.blocks(), self._parts(words), strict=True):
            for copy, rows, (own, local) in zip(copies, block, parts, strict=True):
                rows.take(local, axis=0, out=copy[own], mode="clip")
        return Model(copies[0], copies[1], RowMaps(*(places(ids, self._matrices.shape[1]) for ids in words)))

    def scatter(self, words: RowMaps, model: Model) -> None:
        """Write back what :meth:`gather` copied."""
        for block, parts in zip(self.blocks(), self._parts(words), strict=True):
            for copy, rows, (own, local) in zip((model.inputs, model.outputs), block, parts, strict=True):
                rows[local] = copy[own]

    def _parts(self, words: RowMaps) -> Iterator[list[tuple[slice, npt.NDArray[np.int32]]]]:
        """Of each block, where the words of either matrix that it holds are among all, and in the block."""
        for start, stop in self._grid:
            parts = []
            for ids in words:
                mine, first = within(ids, start, stop), int(np.searchsorted(ids, start))
                parts.append((slice(first, first + mine.size), mine - np.int32(start)))
            yield parts
