"""A table of counts read twice: for the names and how often each occurs, then for the cells by the names' numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.kernels_rows import MappedRows
from dsgns.cooccurrence.spill import SpillRecord
from dsgns.cooccurrence.tables import CELLS, Chunk, TableFile
from dsgns.cooccurrence.task_rows import encoded
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, write_packed
from dsgns.tokens.encoder import Encoder
from dsgns.vocabulary.plan import MOST_WORDS
from dsgns.vocabulary.table import CountedWords, WordCounter

GATHERED = 16 * CELLS
"""Cells of a block, which is one run of a spill file: a million."""

_SLACK = 96


def scan_table(output: Output, name: str, table: TableFile) -> Manifest:
    """Count the names of a table: each occurs as often as its cells say, in rows and in columns.

    Returns
    -------
    Manifest
        Of a block as :func:`~dsgns.vocabulary.task.scan_shard` writes it; its facts hold ``cells`` and ``total``.
    """
    parts: list[str] = []

    def spill(words: CountedWords) -> None:
        parts.append(f"overflow/{name.rpartition('/')[2]}-{len(parts):03d}")
        write_packed(output, parts[-1], words._asdict())

    counter = WordCounter(0, MOST_WORDS, spill)
    cells = total = 0
    for chunk in table.chunks():
        amounts = np.repeat(chunk.counts, 3)
        amounts[2::3] = 0  # the line feed's
        counter.add(chunk.text, chunk.text.size - _SLACK, np.append(amounts, np.zeros(2, np.uint64)))
        cells, total = cells + chunk.counts.size, total + int(chunk.counts.sum())
        progress.advance(chunk.counts.size)
    words = counter.take()
    return write_packed(output, name, words._asdict(), facts={"parts": parts, "cells": cells, "total": total})


def encode_table(output: Output, name: str, table: TableFile, vocabulary: Output) -> Manifest:
    """Write the cells of a table as numbers, those both of whose names are in the vocabulary.

    Returns
    -------
    Manifest
        Its block holds ``degrees``, int64, shape (V,): how many cells each row will have at most once they are
        symmetric. Its facts hold ``parts``, the blocks of cells, each with ``rows``, ``columns`` int32 and ``counts``
        uint64; how many ``cells`` these are and their ``total``, and how many were ``left_out``.
    """
    encoder = Encoder.of(vocabulary)
    degrees = np.zeros(vocabulary.facts["size"], np.int64)
    parts: list[str] = []
    read = cells = total = 0
    for many in _gathered(table.chunks()):
        known = [_numbered(encoder, chunk) for chunk in many]
        rows, columns, counts = (np.concatenate(each) for each in zip(*known, strict=True))
        parts.append(f"cells/{len(parts):05d}")
        write_packed(output, parts[-1], {"rows": rows, "columns": columns, "counts": counts})
        for ids in (rows, columns):
            degrees += np.bincount(ids, minlength=degrees.size)
        here = sum(chunk.counts.size for chunk in many)
        read, cells, total = read + here, cells + rows.size, total + int(counts.sum())
        progress.advance(here)
    facts = {"parts": parts, "cells": cells, "total": total, "left_out": read - cells}
    return write_packed(output, name, {"degrees": degrees}, facts=facts)


def _gathered(chunks: Iterator[Chunk]) -> Iterator[list[Chunk]]:
    many: list[Chunk] = []
    for chunk in chunks:
        many.append(chunk)
        if sum(each.counts.size for each in many) >= GATHERED:
            yield many
            many = []
    if many:
        yield many


def _numbered(encoder: Encoder, chunk: Chunk) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and counts of the cells both of whose names have a number; and that are not 0."""
    _, ids = encoder.encode(chunk.text, chunk.text.size - _SLACK)
    # What has no number leaves no trace, so a cell is good where two numbers stand before its line feed.
    ends = np.flatnonzero(ids < 0)
    good = (np.diff(ends, prepend=-1) == 3) & (chunk.counts > 0)
    return ids[ends[good] - 2], ids[ends[good] - 1], chunk.counts[good]


def spill_cells(output: Output, name: str, part: str, bounds: Sequence[int]) -> Manifest:
    """The cells of one block and their mirror images, as streams of all row blocks in one raw file.

    A cell of the diagonal is its own mirror image, and counts twice, as a word beside itself does.

    Returns
    -------
    Manifest
        Its facts are a :class:`~dsgns.cooccurrence.spill.SpillRecord`.
    """
    block = read_packed(output, part)
    rows = np.concatenate([block["rows"], block["columns"]])
    order = np.argsort(rows, kind="stable")
    indptr = np.append(0, np.cumsum(np.bincount(rows, minlength=bounds[-1])))
    columns = np.concatenate([block["columns"], block["rows"]])[order]
    every = np.arange(bounds[-1])
    mapped = MappedRows(every, indptr, columns, np.tile(block["counts"], 2)[order], every.astype(np.int32))
    record = SpillRecord.empty(len(bounds) - 1)
    return output.write_bytes(name, encoded(mapped, bounds, record), facts=record.to_dict)
