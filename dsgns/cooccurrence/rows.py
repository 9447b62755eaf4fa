"""Finished rows on their way to disk."""

from __future__ import annotations

import numpy as np

from dsgns.cooccurrence.cells import Cells
from dsgns.store import CSRBlock, Manifest, Output, Syncing, write_csr


def write_rows(output: Output | Syncing, name: str, first: int, columns: int, cells: Cells, filled: int) -> Manifest:
    """Write the first ``filled`` cells as the CSR block whose first row is ``first``, as uint32 where all of them fit.

    Returns
    -------
    Manifest
        Its facts hold ``total``, the exact sum of the block.
    """
    data = cells.data[:filled]
    if data.dtype == np.uint64 and data.max(initial=0) < 2**32:
        data = data.astype(np.uint32)
    indptr = np.concatenate([[0], np.cumsum(cells.row_nonzeros)])
    rows = CSRBlock(data, cells.indices[:filled], indptr, first, columns)
    return write_csr(output, name, rows, {"total": exact_sum(data)})


def exact_sum(data: np.ndarray) -> int:
    """The sum of unsigned integers, which need not fit in 64 bits."""
    if data.dtype == np.uint32:
        return int(data.sum(dtype=np.uint64))
    return (int((data >> np.uint64(32)).sum()) << 32) + int((data & np.uint64(2**32 - 1)).sum())
