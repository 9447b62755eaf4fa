"""Row blocks of counts in, their row sums or their weighted cells out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dsgns import progress
from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import folded_vectors, keep_probabilities
from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, root_cells, sum_rows
from dsgns.store import CSRBlock, Manifest, Output, Syncing, read_csr, write_csr
from dsgns.store.packed import read_packed, write_packed


def sum_blocks(
    output: Output, counts: Output, vocabulary: Output, parameters: PMIParameters, name: str, sources: list[str]
) -> Manifest:
    """Row sums of consecutive row blocks of the counts after expected subsampling.

    Parameters
    ----------
    output
        Where the sums go.
    counts, vocabulary
        The counts, and the vocabulary they are over.
    parameters
        Subsampling.
    name, sources
        Of the block to write, and of the row blocks to read.

    Returns
    -------
    Manifest
        Its block holds ``sums``, shape (rows,), float64: true weights, the scale divided out.
    """
    keep, scale = _keep(vocabulary, parameters), counts.facts["scale"]
    sums = [_sums(read_csr(counts, source), keep, scale) for source in sources]
    return write_packed(output, name, {"sums": np.concatenate(sums)})


def _sums(block: CSRBlock, keep: np.ndarray, scale: int) -> np.ndarray:
    sums = np.empty(block.rows)
    sum_rows(Rows(block.data, block.indices, block.indptr), keep, sums)
    sums *= keep[block.row_offset : block.row_offset + block.rows] / scale
    progress.advance(len(block.data))
    return sums


def fold_vectors(
    output: Output, counts: Output, vocabulary: Output, parameters: PMIParameters, name: str, sources: list[str]
) -> Manifest:
    """The row sums of all blocks as one vector, and the two vectors that weight counts.

    Returns
    -------
    Manifest
        Its block holds ``sums``, ``row`` and ``column``, shape (V,), float64; its facts their ``total``.
    """
    sums = np.concatenate([read_packed(output, source)["sums"] for source in sources])
    row, column = folded_vectors(sums, _keep(vocabulary, parameters), counts.facts["scale"], parameters)
    return output.write(name, {"sums": sums, "row": row, "column": column}, facts={"total": math.fsum(sums)})


def weigh_blocks(
    output: Output, counts: Output, marginals: Output, transform: str, name: str, sources: list[str]
) -> Manifest:
    """The weighted cells of some row blocks, float32; those of PMI only where they are positive.

    Parameters
    ----------
    output
        Where the blocks go, under the names they have in ``counts``. One that is there is left alone: an earlier
        attempt at this task wrote it.
    counts
        The counts.
    marginals
        Their folded vectors.
    transform
        ``sppmi`` or ``root-cca``.
    name, sources
        Of the block that says they are there, and of the row blocks.
    """
    vectors = marginals.read("vectors", "row", "column")
    with Syncing(output) as blocks:
        for source in sources:
            if output.manifest(source) is None:
                weighted = _weighted(read_csr(counts, source), vectors["row"], vectors["column"], transform)
                write_csr(blocks, source, weighted)
            progress.advance(counts.facts_of(source)["nonzeros"])
    return output.write_bytes(name, [], lasting=False)


def _weighted(block: CSRBlock, rows: np.ndarray, column: np.ndarray, transform: str) -> CSRBlock:
    """The cells of a block, in whose memory they lie."""
    row = rows[block.row_offset : block.row_offset + block.rows]
    # In place: the system would clear new pages for the cells of every block.
    cells, data = Rows(block.data, block.indices, block.indptr), block.data.view(np.float32)[: len(block.data)]
    if transform == "root-cca":
        root_cells(cells, row, column, data)
        return replace(block, data=data)
    positive = Rows(data, block.indices, np.empty_like(block.indptr))
    kept = positive_cells(cells, Folded(row, column, log_table()), positive)
    return CSRBlock(data[:kept], positive.indices[:kept], positive.indptr, block.row_offset, block.columns)


def _keep(vocabulary: Output, parameters: PMIParameters) -> np.ndarray:
    return keep_probabilities(vocabulary.read("words", "counts")["counts"], parameters.subsample)
