"""One row block of counts in, its row sums or its weighted cells out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import folded_vectors, keep_probabilities
from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, root_cells, sum_rows
from dsgns.store import CSRBlock, Manifest, Output, read_csr, write_csr
from dsgns.store.packed import read_packed, write_packed


def sum_block(
    output: Output, counts: Output, vocabulary: Output, parameters: PMIParameters, name: str, source: str
) -> Manifest:
    """Row sums of one row block of the counts after expected subsampling.

    Parameters
    ----------
    output
        Where the sums go.
    counts, vocabulary
        The counts, and the vocabulary they are over.
    parameters
        Subsampling.
    name, source
        Of the block to write, and of the row block to read.

    Returns
    -------
    Manifest
        Its block holds ``sums``, shape (rows,), float64: true weights, the scale divided out.
    """
    block = read_csr(counts, source)
    keep = _keep(vocabulary, parameters)
    sums = np.empty(block.rows)
    sum_rows(Rows(block.data, block.indices, block.indptr), keep, sums)
    sums *= keep[block.row_offset : block.row_offset + block.rows] / counts.facts["scale"]
    return write_packed(output, name, {"sums": sums})


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


def ppmi_block(output: Output, counts: Output, marginals: Output, transform: str, name: str) -> Manifest:
    """The weighted cells of one row block, float32; those of PMI only where they are positive.

    Parameters
    ----------
    output
        Where the block goes, under the name it has in ``counts``.
    counts
        The counts.
    marginals
        Their folded vectors.
    transform
        ``sppmi`` or ``root-cca``.
    name
        Of the row block.
    """
    block = read_csr(counts, name)
    vectors = marginals.read("vectors", "row", "column")
    row, column = vectors["row"][block.row_offset : block.row_offset + block.rows], vectors["column"]
    # In place: the system would clear new pages for the cells of every block.
    cells, data = Rows(block.data, block.indices, block.indptr), block.data.view(np.float32)[: len(block.data)]
    if transform == "root-cca":
        root_cells(cells, row, column, data)
        return write_csr(output, name, replace(block, data=data))
    positive = Rows(data, block.indices, np.empty_like(block.indptr))
    kept = positive_cells(cells, Folded(row, column, log_table()), positive)
    rows = CSRBlock(data[:kept], positive.indices[:kept], positive.indptr, block.row_offset, block.columns)
    return write_csr(output, name, rows)


def _keep(vocabulary: Output, parameters: PMIParameters) -> np.ndarray:
    return keep_probabilities(vocabulary.read("words", "counts")["counts"], parameters.subsample)
