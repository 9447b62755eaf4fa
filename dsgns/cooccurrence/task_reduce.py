"""Merge the streams of one row block into its final rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.accumulator import new_accumulator
from dsgns.cooccurrence.kernels_merge import DAMAGED, DONE, DRY, Cells, merge_rows
from dsgns.cooccurrence.memory import cell_room
from dsgns.cooccurrence.spill import MODULO, RowBlock
from dsgns.cooccurrence.windows import StreamWindows
from dsgns.errors import CorruptBlockError
from dsgns.store import CSRBlock, Manifest, Output, write_csr


def reduce_block(output: Output, vocabulary_size: int, block: RowBlock, window: int) -> Manifest:
    """The rows of one row block, summed over all runs, as a CSR block.

    Parameters
    ----------
    output
        Holds the spill files.
    vocabulary_size
        Columns.
    block
        What to merge.
    window
        Bytes of each stream in memory at a time.

    Returns
    -------
    Manifest
        Its facts hold ``total``, the exact sum of the block.

    Raises
    ------
    CorruptBlockError
        If a spill file does not hold what its record says.
    """
    row_nonzeros = np.zeros(block.stop - block.start, np.int64)
    source = StreamWindows(output, block.segments, window)
    indices, data, total = _join(_merged(source, vocabulary_size, row_nonzeros))
    if total % MODULO != block.total:
        raise CorruptBlockError(
            f"{block.name} of counts/{output.key}: the spill files sum to {total}, their records to {block.total} "
            "(modulo 2^64). Run the same command again: damaged files are made anew."
        )
    indptr = np.concatenate([[0], np.cumsum(row_nonzeros)])
    rows = CSRBlock(data, indices, indptr, block.start, vocabulary_size)
    return write_csr(output, block.name, rows, {"total": total})


def _merged(source: StreamWindows, columns: int, row_nonzeros: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Merged cells piece by piece, each a copy; fills ``row_nonzeros``."""
    room = cell_room(columns)
    cells = Cells(np.empty(room, np.int32), np.empty(room, np.uint64), row_nonzeros)
    accumulator = new_accumulator(columns, np.uint64)
    reason, row, stream, filled = DRY, 0, 0, 0
    while reason != DONE:
        reason, row, stream, filled = merge_rows(source.windows, columns, accumulator, cells, row, stream, filled)
        if reason == DRY:
            source.refill(stream)
        elif reason == DAMAGED:
            raise source.damaged(stream)
        else:
            progress.advance(filled)
            yield cells.indices[:filled].copy(), _narrowed(cells.data[:filled])
            filled = 0
    source.require_exhausted()


def _narrowed(data: np.ndarray) -> np.ndarray:
    """A copy of uint64 counts, as uint32 where all of them fit."""
    return data.astype(np.uint32 if data.max(initial=0) < 2**32 else np.uint64)


def _join(pieces: Iterator[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, int]:
    """All pieces' indices, their data (uint64 if any piece's is), and the sum of the data."""
    indices, data, total = [], [], 0
    for piece_indices, piece_data in pieces:
        indices.append(piece_indices)
        data.append(piece_data)
        total += _exact_sum(piece_data)
    joined = np.concatenate(data)
    data.clear()  # before the indices are copied too
    return np.concatenate(indices), joined, total


def _exact_sum(data: np.ndarray) -> int:
    """The sum of unsigned integers, which need not fit in 64 bits."""
    if data.dtype == np.uint32:
        return int(data.sum(dtype=np.uint64))
    return (int((data >> np.uint64(32)).sum()) << 32) + int((data & np.uint64(2**32 - 1)).sum())
