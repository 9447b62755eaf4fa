"""Pack one row block of counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from dsgns.store import CSRBlock, Manifest, Output, read_csr
from dsgns.svd.cells import CellStore, Rows
from dsgns.svd.kernels.pack import WIDEST_GAP, pack_rows


class Weighting(NamedTuple):
    """How the stored integers and the folded vectors become cells.

    Parameters
    ----------
    term
        Of an integer; in place.
    multiply
        Whether a cell is the product of three terms, and not a difference.
    symmetric
        Whether the matrix is its own transpose.
    scale
        A power of two that brings cells to where halves are dense, and none beyond the largest.
    """

    term: np.ufunc
    multiply: bool
    symmetric: bool
    scale: float


WEIGHTINGS = {
    "sppmi": Weighting(np.log, multiply=False, symmetric=False, scale=1.0),
    # Cells are at most 1; 2e-5 is common in a large corpus.
    "root-cca": Weighting(np.sqrt, multiply=True, symmetric=True, scale=2.0**15),
}
"""By ``PMIParameters.transform``."""


def pack_block(store: CellStore, block: int, counts: Output, name: str, marginals: Output, transform: str) -> Manifest:
    """The positive cells of M, and of its transpose if that is another matrix, in the rows of one block.

    Counts are symmetric, so M^T is M with the two folded vectors swapped.

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
    transform
        A key of :data:`WEIGHTINGS`.

    Returns
    -------
    Manifest
        Its facts hold the number of ``cells`` of each side, how many of M's are ``positive``, the ``largest``
        value of both and the sum of M's ``squares``.
    """
    weighting = WEIGHTINGS[transform]
    rows = read_csr(counts, name)
    vectors = marginals.read("vectors", "row", "column")
    row, column = (vectors[key].astype(np.float32) for key in ("row", "column"))
    terms = rows.data.astype(np.float32)
    weighting.term(terms, out=terms)
    figures: list[tuple[int, float, float]] = []

    def sides() -> Iterator[Rows]:
        for own, other in ((row, column),) if weighting.symmetric else ((row, column), (column, row)):
            packed, *found = _packed(rows, terms, own, other, weighting)
            figures.append((int(found[0]), float(found[1]), float(found[2])))
            yield packed

    def facts() -> dict[str, Any]:
        positive, _, squares = figures[0]
        largest = max(largest for _, largest, _ in figures)
        return {
            "positive": positive,
            "largest": largest / weighting.scale,
            "squares": squares / weighting.scale**2,
        }

    return store.write(block, sides(), facts)


def _packed(
    rows: CSRBlock, terms: np.ndarray, own: np.ndarray, other: np.ndarray, weighting: Weighting
) -> tuple[Rows, int, float, float]:
    """Packed cells, how many of them are positive, the largest value, the sum of squares."""
    bridges = rows.rows * (rows.columns // WIDEST_GAP)
    cells = np.empty(len(rows.data) + bridges, np.uint32)
    pointers = np.empty(rows.rows + 1, np.int64)
    own = own[rows.row_offset : rows.row_offset + rows.rows]
    if weighting.multiply:
        own = own * np.float32(weighting.scale)
    figures = pack_rows(rows.indptr, rows.indices, terms, own, other, weighting.multiply, cells, pointers)
    return Rows(pointers, cells[: pointers[-1]]), *figures
