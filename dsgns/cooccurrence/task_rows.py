"""Counts that are there already: their rows spilled in the order of another vocabulary, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.accumulator import new_accumulator
from dsgns.cooccurrence.cells import Cells
from dsgns.cooccurrence.kernels_rows import MappedRows, encode_rows
from dsgns.cooccurrence.memory import stream_bytes
from dsgns.cooccurrence.rows import write_rows
from dsgns.cooccurrence.spill import RowBlock, SpillRecord
from dsgns.cooccurrence.task_reduce import merged_cells
from dsgns.errors import CorruptBlockError, MergeError
from dsgns.store import Manifest, Output, read_csr
from dsgns.store.packed import read_packed
from dsgns.vocabulary.task_unite import every_word


def spill_rows(
    output: Output, name: str, counts: Output, blocks: Sequence[str], words: str, sign: int, bounds: Sequence[int]
) -> Manifest:
    """Some row blocks of counts, as streams of all row blocks of the result in one raw file.

    Parameters
    ----------
    output, name
        Where the file goes.
    counts, blocks
        Which row blocks, one after the other.
    words
        The block of ``output`` that says which word of the result each word of the counts is.
    sign
        1, or -1 to take the counts away.
    bounds
        The first row of each row block of the result, and the row after the last.

    Returns
    -------
    Manifest
        Its facts are a :class:`~dsgns.cooccurrence.spill.SpillRecord`.

    Raises
    ------
    CorruptBlockError
        If a block fails its checksum.
    """
    columns = read_packed(output, words)["ids"]
    first, indptr, indices, data = _gathered(counts, blocks)
    if sign < 0:
        np.negative(data, out=data)
    place = np.full(bounds[-1], -1, np.int64)
    place[columns[first : first + indptr.size - 1]] = np.arange(indptr.size - 1)
    record = SpillRecord.empty(len(bounds) - 1)
    parts = encoded(MappedRows(place, indptr, indices, data, columns), bounds, record)
    return output.write_bytes(name, parts, facts=record.to_dict)


def _gathered(counts: Output, names: Sequence[str]) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """The first row of some row blocks, their row pointers, columns and values, put together."""
    sizes = [counts.facts_of(name)["nonzeros"] for name in names]
    indices, data = np.empty(sum(sizes), np.int32), np.empty(sum(sizes), np.uint64)
    first, pointers, at = counts.facts_of(names[0])["start"], [np.zeros(1, np.int64)], 0
    for name, size in zip(names, sizes, strict=True):
        try:
            block = read_csr(counts, name)
        except CorruptBlockError as error:
            raise CorruptBlockError(
                f"{name} of {counts.name} in {counts.url} is damaged. Run the command that made it again, and this one."
            ) from error
        indices[at : at + size], data[at : at + size] = block.indices, block.data
        pointers.append(block.indptr[1:] + at)
        at += size
    return first, np.concatenate(pointers), indices, data


def encoded(rows: MappedRows, bounds: Sequence[int], record: SpillRecord) -> Iterator[np.ndarray]:
    """The streams of all row blocks in order, one run more in ``record``; each part is overwritten by the next."""
    accumulator, stream = new_accumulator(bounds[-1], np.uint64), np.empty(stream_bytes(bounds[-1]), np.uint8)
    at = record.offsets[-1][-1] if record.offsets else 0
    offsets = [at]
    for block, (first, last) in enumerate(pairwise(bounds)):
        row = first
        while row < last:
            row, used, nonzeros, total = encode_rows(rows, row, last, accumulator, stream)
            record.add(block, nonzeros, int(total))
            at += used
            progress.advance(nonzeros)
            yield stream[:used]
        offsets.append(at)
    record.offsets.append(offsets)


def settle_block(output: Output, columns: int, block: RowBlock, window: int, vocabulary: Output) -> Manifest:
    """The rows of one row block once everything is added and taken away, as a CSR block.

    Parameters
    ----------
    output
        Holds the spill files.
    columns
        Words of the vocabulary, and after them those of which nothing is left.
    block, window
        As for :func:`~dsgns.cooccurrence.task_reduce.reduce_block`.
    vocabulary
        The united one.

    Raises
    ------
    MergeError
        If more is taken away from a cell than is in it, or something is left of a word that is gone.
    """
    size = vocabulary.facts["size"]
    cells, filled = merged_cells(output, columns, block, window)
    kept = min(block.stop, size) - block.start
    wrong = (cells.data[:filled] >= np.uint64(1 << 63)) | (cells.indices[:filled] >= size)
    wrong[int(cells.row_nonzeros[:kept].sum()) :] = True
    if wrong.any():
        raise _excess(output, cells, int(wrong.argmax()), block.start, vocabulary)
    cells = cells._replace(row_nonzeros=cells.row_nonzeros[:kept])
    return write_rows(output, block.name, block.start, size, cells, filled)


def _excess(output: Output, cells: Cells, cell: int, start: int, vocabulary: Output) -> MergeError:
    """What is to be said of a cell that comes to less than nothing, or that lies in a row or column that is gone."""
    row = start + int(np.searchsorted(np.cumsum(cells.row_nonzeros), cell, side="right"))
    words = every_word(vocabulary)
    one, other = (words.word(number).decode() for number in (row, int(cells.indices[cell])))
    value = int(cells.data[cell].view(np.int64))
    gone = "" if value < 0 else ", although nothing is left of one of these words"
    return MergeError(
        f"The cell ({one!r}, {other!r}) of counts/{output.key} comes to {value:,}{gone}: what is subtracted is no part "
        "of what is added."
    )
