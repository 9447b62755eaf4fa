"""The counts of an output, put together again."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from dsgns.store import Output, read_csr


def whole_matrix(output: Output) -> sp.csr_matrix:
    """All row blocks on top of one another; checks that they are in order and each row sorted."""
    blocks = [read_csr(output, name) for name in output.manifests("rows")]
    row = 0
    for block in blocks:
        assert block.row_offset == row
        row += block.rows
        rising = np.diff(block.indices.astype(np.int64)) > 0
        starts = block.indptr[1:-1]
        rising[starts[(starts > 0) & (starts < len(block.indices))] - 1] = True
        assert rising.all()
    parts = [sp.csr_matrix((block.data, block.indices, block.indptr), shape=block.shape) for block in blocks]
    return sp.vstack(parts, format="csr")


def as_dict(matrix: sp.spmatrix) -> dict[tuple[int, int], int]:
    """(row, column) -> integer."""
    cells = matrix.tocoo()
    return {(int(i), int(j)): int(d) for i, j, d in zip(cells.row, cells.col, cells.data, strict=True)}
