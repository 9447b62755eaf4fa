"""Explicit word vectors: the rows of the SPPMI matrix, a dimension for each context word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from dsgns.errors import ParameterError
from dsgns.store import CSRBlock, Output, Workspace
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.embedding import CosineBlocks, nonzero
from dsgns.vectors.kernels import multiply_pairs, multiply_tile, multiply_vector, row_norms, spread_columns
from dsgns.vectors.load import vocabulary_of
from dsgns.vectors.neighbours import Neighbours

# Bytes of the dense tile that holds some queries while blocks of rows pass by.
_TILE = 32 << 20
_LANES = 16


class SparseVectors(Neighbours):
    """Words with sparse vectors that stay in the workspace; the same questions as of dense ones.

    Blocks of rows are read as they are needed. A single vector is handed out as a dense array of one number
    for each context word; the matrix is never made dense.

    Parameters
    ----------
    words
        One for each row, the most frequent first.
    matrix
        The rows.
    counts : shape (V,), integers, optional
        How often each word occurs.

    Raises
    ------
    ParameterError
        If there are not as many words as rows.

    Examples
    --------
    >>> import dsgns
    >>> ppmi = dsgns.write_ppmi("w.dsgns", "corpus.txt", min_count=2)
    >>> vectors = dsgns.open_workspace("w.dsgns").vectors("ppmi")
    >>> vectors.similarity("dog", "cat") > vectors.similarity("dog", "red")
    True
    """

    def __init__(self, words: Sequence[str], matrix: CSRRows, counts: Sequence[int] | np.ndarray | None = None) -> None:
        super().__init__(words, counts)
        if matrix.shape[0] != len(self):
            raise ParameterError(f"{len(self)} words are given for {matrix.shape[0]} rows.")
        self.matrix = matrix
        self.vector_size = matrix.shape[1]

    def __repr__(self) -> str:
        return f"SparseVectors({len(self)} words, vector_size={self.vector_size})"

    @cached_property
    def norms(self) -> np.ndarray:
        """Euclidean lengths of all vectors, shape (V,), float32."""
        norms = np.zeros(len(self), np.float32)
        for block in self.matrix.between(0, len(self)):
            row_norms(block.data, block.indptr, norms[block.row_offset : block.row_offset + block.rows])
        return norms

    def rows(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """Some vectors made dense, shape (n, vector_size), float32."""
        picked = self.matrix.pick(np.asarray(indices))
        columns = np.zeros((self.vector_size, picked.rows), np.float32)
        spread_columns(picked.data, picked.indices, picked.indptr, 0, columns)
        return columns.T

    def products(self, vector: np.ndarray, stop: int) -> np.ndarray:
        """Inner products of a dense vector, shape (vector_size,), with rows 0 to ``stop``, shape (stop,), float32."""
        products = np.zeros(stop, np.float32)
        dense = np.ascontiguousarray(vector, dtype=np.float32)
        for block in self.matrix.between(0, stop):
            part = products[block.row_offset : block.row_offset + block.rows]
            multiply_vector(block.data, block.indices, block.indptr, dense, part)
        return products

    def cosines(self, indices: np.ndarray) -> CosineBlocks:
        """Cosines of some rows with all rows, a block at a time: ``start, stop`` to (n, stop - start), float32."""
        queries = self._units(indices)

        def block(start: int, stop: int) -> np.ndarray:
            cosines = np.empty((queries.rows, stop - start), np.float32)
            for part in self.matrix.between(start, stop):
                first = part.row_offset - start
                self._multiply(part, queries, cosines[:, first : first + part.rows])
            cosines /= nonzero(self.norms[start:stop])
            return cosines

        return block

    def pair_cosines(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Cosines of row ``left[i]`` with row ``right[i]``, shape (n,), float32."""
        rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        units = self._units(rows)
        cosines = np.empty(len(left), np.float32)
        multiply_pairs(units.data, units.indices, units.indptr, places[: len(left)], places[len(left) :], cosines)
        return cosines

    def _units(self, indices: np.ndarray) -> CSRBlock:
        """Some rows, still sparse, brought to length 1."""
        picked = self.matrix.pick(indices)
        lengths = np.empty(picked.rows, np.float32)
        row_norms(picked.data, picked.indptr, lengths)
        data = picked.data / np.repeat(nonzero(lengths), np.diff(picked.indptr))
        return CSRBlock(data, picked.indices, picked.indptr, 0, picked.columns)

    def _multiply(self, part: CSRBlock, queries: CSRBlock, products: np.ndarray) -> None:
        """Write the inner products of all queries with some rows into ``products``, shape (queries, rows)."""
        width = max(_LANES, _TILE // (4 * self.vector_size) // _LANES * _LANES)
        for first in range(0, queries.rows, width):
            last = min(first + width, queries.rows)
            tile = np.zeros((self.vector_size, min(width, -(-queries.rows // _LANES) * _LANES)), np.float32)
            spread_columns(queries.data, queries.indices, queries.indptr, first, tile)
            partial = np.empty((part.rows, tile.shape[1]), np.float32)
            multiply_tile(part.data, part.indices, part.indptr, tile, partial)
            products[first:last] = partial[:, : last - first].T


def load_sparse_vectors(workspace: Workspace, output: Output) -> SparseVectors:
    """The explicit vectors of a completed ``ppmi`` output.

    Raises
    ------
    MissingOutputError
        If the output is not complete.
    """
    vocabulary = vocabulary_of(workspace, output)
    return SparseVectors(vocabulary.words, CSRRows(output), vocabulary.counts)
