"""A sparse matrix that lies in the workspace as blocks of rows, read as needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from dsgns.errors import MissingOutputError
from dsgns.store import CSRBlock, Output, read_csr

_CACHE = 256 << 20


class CSRRows:
    """Rows of a sparse matrix, with the blocks used last kept in memory.

    Parameters
    ----------
    output
        With CSR blocks below ``rows``, such as of the stages ``ppmi`` and ``counts``.
    cache_bytes
        How much to keep; the block in use is held whatever its size.

    Attributes
    ----------
    shape
        Rows and columns.
    starts, stops : shape (blocks,), int64
        The rows of each block.
    """

    def __init__(self, output: Output, cache_bytes: int = _CACHE) -> None:
        manifests = output.manifests("rows")
        if not manifests:
            raise MissingOutputError(f"{output.name} has no rows; run `dsgns {output.stage}` first.")
        self._output, self._cache_bytes = output, cache_bytes
        self._names = list(manifests)
        self.starts = np.array([manifest.facts["start"] for manifest in manifests.values()])
        self.stops = np.array([manifest.facts["stop"] for manifest in manifests.values()])
        self.shape = (int(self.stops[-1]), int(manifests[self._names[-1]].facts["columns"]))
        self._kept: OrderedDict[int, CSRBlock] = OrderedDict()

    def block(self, number: int) -> CSRBlock:
        """A block, with float32 data."""
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        read = read_csr(self._output, self._names[number])
        block = CSRBlock(
            read.data.astype(np.float32, copy=False), read.indices, read.indptr, read.row_offset, read.columns
        )
        self._kept[number] = block
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > self._cache_bytes:
            self._kept.popitem(last=False)
        return block

    def between(self, start: int, stop: int) -> Iterator[CSRBlock]:
        """The rows from ``start`` to ``stop``, as parts of blocks."""
        for number in np.flatnonzero((self.starts < stop) & (self.stops > start)):
            yield _cut(self.block(int(number)), start, stop)

    def pick(self, rows: np.ndarray) -> CSRBlock:
        """Some rows, in the order given, as a block of their own."""
        rows = np.asarray(rows, np.int64)
        home = np.searchsorted(self.stops, rows, side="right")
        parts: list[tuple[np.ndarray, np.ndarray]] = [_EMPTY] * len(rows)
        # Block after block, not row after row: each is read and decoded once.
        for number in np.unique(home):
            block = self.block(int(number))
            for position in np.flatnonzero(home == number):
                row = rows[position] - block.row_offset
                part = slice(block.indptr[row], block.indptr[row + 1])
                parts[position] = block.data[part], block.indices[part]
        indptr = np.concatenate([[0], np.cumsum([len(data) for data, _ in parts], dtype=np.int64)])
        data, indices = (np.concatenate(arrays) for arrays in zip(*(parts or [_EMPTY]), strict=True))
        return CSRBlock(data, indices, indptr, 0, self.shape[1])


_EMPTY = np.empty(0, np.float32), np.empty(0, np.int32)


def _cut(block: CSRBlock, start: int, stop: int) -> CSRBlock:
    first, last = max(start - block.row_offset, 0), min(stop - block.row_offset, block.rows)
    begin, end = block.indptr[first], block.indptr[last]
    indptr = block.indptr[first : last + 1] - begin
    return CSRBlock(block.data[begin:end], block.indices[begin:end], indptr, block.row_offset + first, block.columns)


def _bytes(block: CSRBlock) -> int:
    return block.data.nbytes + block.indices.nbytes + block.indptr.nbytes
