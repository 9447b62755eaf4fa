"""Compressed sparse row blocks, in AnnData's ``csr_matrix`` encoding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsgns.store.manifest import Manifest
from dsgns.store.output import Output
from dsgns.store.syncing import Syncing


@dataclass(frozen=True)
class CSRBlock:
    """Consecutive rows of a sparse matrix.

    Parameters
    ----------
    data : shape (nonzeros,)
        Values, any dtype.
    indices : shape (nonzeros,), int32
        Columns, rising within each row.
    indptr : shape (rows + 1,), int64
        Where each row begins in ``data``.
    row_offset
        The matrix row that the block's first row is.
    columns
        Columns of the whole matrix.
    """

    data: np.ndarray
    indices: np.ndarray
    indptr: np.ndarray
    row_offset: int
    columns: int

    @property
    def rows(self) -> int:
        """Rows in the block."""
        return len(self.indptr) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the block."""
        return self.rows, self.columns


def write_csr(output: Output | Syncing, name: str, block: CSRBlock, facts: Mapping[str, Any] | None = None) -> Manifest:
    """Write a block; its manifest's facts hold ``start``, ``stop``, ``columns`` and ``nonzeros``."""
    return output.write(
        name,
        {"data": block.data, "indices": block.indices, "indptr": block.indptr},
        facts={
            "start": block.row_offset,
            "stop": block.row_offset + block.rows,
            "columns": block.columns,
            "nonzeros": int(block.indptr[-1]),
            **(facts or {}),
        },
        attributes={
            "encoding-type": "csr_matrix",
            "encoding-version": "0.1.0",
            "shape": list(block.shape),
            "row_offset": block.row_offset,
        },
    )


def read_csr(output: Output, name: str) -> CSRBlock:
    """Read a block whole, checksums looked at."""
    arrays = output.read(name, "data", "indices", "indptr")
    facts = output.facts_of(name)
    return CSRBlock(arrays["data"], arrays["indices"], arrays["indptr"], facts["start"], facts["columns"])
