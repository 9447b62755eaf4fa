"""Pack one row block of counts."""

from __future__ import annotations

import numpy as np

from dsgns.store import CSRBlock, Manifest, Output, read_csr
from dsgns.svd.cells import CellStore, Rows
from dsgns.svd.kernels.pack import WIDEST_GAP, pack_rows


def pack_block(store: CellStore, block: int, counts: Output, name: str, marginals: Output) -> Manifest:
    """The positive cells of M and of its transpose in the rows of one block.

    M_ij = log n_ij - row_i - column_j, and n is symmetric, so M^T_ij = log n_ij - column_i - row_j.

    Parameters
    ----------
    store
        Where the cells go.
    block
        Number of the block.
    counts, name
        The counts and the name of their row block.
    marginals
        Holds ``row`` and ``column``.

    Returns
    -------
    Manifest
        Its facts hold the cells of either side, the positive cells of M among them, the ``largest`` value and
        the sum of M's squares.
    """
    rows = read_csr(counts, name)
    terms = marginals.read("vectors", "row", "column")
    row, column = (terms[key].astype(np.float32) for key in ("row", "column"))
    logarithms = np.log(rows.data.astype(np.float32))
    matrix, positive, largest, squares = _packed(rows, logarithms, row, column)
    transpose, _, largest_too, _ = _packed(rows, logarithms, column, row)
    facts = {"positive": positive, "largest": max(largest, largest_too), "squares": squares}
    return store.write(block, matrix, transpose, facts)


def _packed(
    rows: CSRBlock, logarithms: np.ndarray, row: np.ndarray, column: np.ndarray
) -> tuple[Rows, int, float, float]:
    """Packed cells, how many of them are positive, the largest value, the sum of squares."""
    bridges = rows.rows * (rows.columns // WIDEST_GAP)
    cells = np.empty(len(rows.data) + bridges, np.uint32)
    pointers = np.empty(rows.rows + 1, np.int64)
    own = row[rows.row_offset : rows.row_offset + rows.rows]
    positive, largest, squares = pack_rows(rows.indptr, rows.indices, logarithms, own, column, cells, pointers)
    # Not a view: what was reserved and not needed is given back.
    return Rows(pointers, cells[: pointers[-1]].copy()), int(positive), float(largest), float(squares)
