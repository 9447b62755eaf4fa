"""One row block of counts in, its row sums or its positive PMI out."""

from __future__ import annotations

import math

import numpy as np

from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import folded_vectors, keep_probabilities
from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, sum_rows
from dsgns.store import CSRBlock, Manifest, Output, read_csr, write_csr


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
    return output.write(name, {"sums": sums})


def fold_vectors(
    output: Output, counts: Output, vocabulary: Output, parameters: PMIParameters, name: str, sources: list[str]
) -> Manifest:
    """The row sums of all blocks as one vector, and the two vectors that turn log counts into PMI.

    Returns
    -------
    Manifest
        Its block holds ``sums``, ``row`` and ``column``, shape (V,), float64; its facts their ``total``.
    """
    sums = np.concatenate([output.read(source)["sums"] for source in sources])
    row, column = folded_vectors(sums, _keep(vocabulary, parameters), counts.facts["scale"], parameters)
    return output.write(name, {"sums": sums, "row": row, "column": column}, facts={"total": math.fsum(sums)})


def ppmi_block(output: Output, counts: Output, marginals: Output, name: str) -> Manifest:
    """The positive cells of one row block, float32.

    Parameters
    ----------
    output
        Where the block goes, under the name it has in ``counts``.
    counts
        The counts.
    marginals
        Their folded vectors.
    name
        Of the row block.
    """
    block = read_csr(counts, name)
    vectors = marginals.read("vectors", "row", "column")
    nonzeros = len(block.data)
    positive = Rows(np.empty(nonzeros, np.float32), np.empty(nonzeros, np.int32), np.empty_like(block.indptr))
    folded = Folded(vectors["row"][block.row_offset : block.row_offset + block.rows], vectors["column"], log_table())
    kept = positive_cells(Rows(block.data, block.indices, block.indptr), folded, positive)
    rows = CSRBlock(positive.data[:kept], positive.indices[:kept], positive.indptr, block.row_offset, block.columns)
    return write_csr(output, name, rows)


def _keep(vocabulary: Output, parameters: PMIParameters) -> np.ndarray:
    return keep_probabilities(vocabulary.read("words", "counts")["counts"], parameters.subsample)
