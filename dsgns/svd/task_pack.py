"""Pack one row block of counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
        Its facts hold the number of ``cells`` of either side, how many of M's are ``positive``, the ``largest``
        value of both and the sum of M's ``squares``.
    """
    rows = read_csr(counts, name)
    terms = marginals.read("vectors", "row", "column")
    row, column = (terms[key].astype(np.float32) for key in ("row", "column"))
    logarithms = rows.data.astype(np.float32)
    np.log(logarithms, out=logarithms)
    figures: list[tuple[int, float, float]] = []

    def sides() -> Iterator[Rows]:
        for own, other in ((row, column), (column, row)):
            packed, *found = _packed(rows, logarithms, own, other)
            figures.append((int(found[0]), float(found[1]), float(found[2])))
            yield packed

    def facts() -> dict[str, Any]:
        (positive, largest, squares), (_, largest_too, _) = figures
        return {"positive": positive, "largest": max(largest, largest_too), "squares": squares}

    return store.write(block, sides(), facts)


def _packed(
    rows: CSRBlock, logarithms: np.ndarray, own: np.ndarray, other: np.ndarray
) -> tuple[Rows, int, float, float]:
    """Packed cells, how many of them are positive, the largest value, the sum of squares."""
    bridges = rows.rows * (rows.columns // WIDEST_GAP)
    cells = np.empty(len(rows.data) + bridges, np.uint32)
    pointers = np.empty(rows.rows + 1, np.int64)
    terms = own[rows.row_offset : rows.row_offset + rows.rows]
    figures = pack_rows(rows.indptr, rows.indices, logarithms, terms, other, cells, pointers)
    return Rows(pointers, cells[: pointers[-1]]), *figures
