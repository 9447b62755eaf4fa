"""Merge the streams of one row block into its final rows."""

from __future__ import annotations

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.accumulator import new_accumulator
from dsgns.cooccurrence.cells import Cells, grown, new_cells
from dsgns.cooccurrence.kernels_merge import DAMAGED, DONE, DRY, FULL, merge_rows
from dsgns.cooccurrence.memory import cell_room
from dsgns.cooccurrence.rows import exact_sum, write_rows
from dsgns.cooccurrence.spill import MODULO, RowBlock
from dsgns.cooccurrence.windows import StreamWindows
from dsgns.errors import CorruptBlockError
from dsgns.store import Manifest, Output


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
    """
    cells, filled = merged_cells(output, vocabulary_size, block, window)
    return write_rows(output, block.name, block.start, vocabulary_size, cells, filled)


def merged_cells(output: Output, columns: int, block: RowBlock, window: int) -> tuple[Cells, int]:
    """The cells of one row block, summed over all runs, and how many there are.

    Raises
    ------
    CorruptBlockError
        If a spill file does not hold what its record says.
    """
    cells, filled = _merged(StreamWindows(output, block.segments, window), columns, block)
    total = exact_sum(cells.data[:filled])
    if total % MODULO != block.total:
        raise CorruptBlockError(
            f"{block.name} of counts/{output.key}: the spill files sum to {total}, their records to {block.total} "
            "(modulo 2^64). Run the same command again: damaged files are made anew."
        )
    return cells, filled


def _merged(source: StreamWindows, columns: int, block: RowBlock) -> tuple[Cells, int]:
    """The cells of all rows, and how many there are."""
    dtype, room = np.uint64 if block.wide else np.uint32, cell_room(columns, block.likely)
    cells, accumulator = new_cells(block.stop - block.start, room, dtype), new_accumulator(columns, dtype)
    reason, row, stream, filled = DRY, 0, 0, 0
    while reason != DONE:
        reason, row, stream, filled = merge_rows(source.windows, columns, accumulator, cells, row, stream, filled)
        if reason == DRY:
            source.refill(stream)
        elif reason == DAMAGED:
            raise source.damaged(stream)
        elif reason == FULL:
            cells = grown(cells, filled, room)
    source.require_exhausted()
    progress.advance(filled)
    return cells, filled
