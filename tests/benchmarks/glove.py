"""GloVe's counts, and how they compare with ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dsgns.store import Output

COOCCUR = (
    "{{cooccur}} -vocab-file {words} -window-size {window} -symmetric 1 -memory 4 -verbose 0 < {text} > counts.bin"
)
"""Weights are 1 / distance, as ours are by default; its memory is the one it asks for itself."""

RECORD = np.dtype([("row", "<i4"), ("column", "<i4"), ("weight", "<f8")])


def as_records(folder: Path) -> np.ndarray:
    """The rows, columns (from 1) and weights that it has written, in order, not yet read."""
    return np.memmap(folder / "counts.bin", RECORD, "r")


def require_equal_records(ours: Output, theirs: np.ndarray) -> str:
    """The same cells, and weights but for the rounding of GloVe's sums."""
    at, largest = 0, 0.0
    for name in ours.manifests("rows"):
        block, first = ours.read(name), ours.facts_of(name)["start"]
        records = theirs[at : at + block["data"].size]
        rows = first + np.repeat(np.arange(block["indptr"].size - 1), np.diff(block["indptr"]))
        np.testing.assert_array_equal(rows, records["row"] - 1)
        np.testing.assert_array_equal(block["indices"], records["column"] - 1)
        weights = block["data"] / ours.facts["scale"]
        largest = max(largest, np.max(abs(records["weight"] / weights - 1), initial=0.0))
        at += records.size
    assert at == theirs.size, f"{theirs.size} records, not {at}"
    assert largest < 1e-6, largest
    return f"{at:,} counts equal, weights to {largest:.0e}"
