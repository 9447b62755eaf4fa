"""Some rows of a matrix, given by number, as a source or a place to add to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel


@kernel
def add_rows(total: npt.NDArray[np.float32], places: npt.NDArray[np.int32], rows: npt.NDArray[np.float32]) -> None:
    """Add ``rows`` to the rows ``places`` of ``total``, both float32, in order."""
    for i in range(places.size):
        # One index for a row at a time: with two in the inner loop it is three times as slow.
        row, more = total[places[i]], rows[i]
        for k in range(row.size):
            row[k] += more[k]


@kernel
def subtract_rows(
    rows: npt.NDArray[np.float32], before: npt.NDArray[np.float32], origins: npt.NDArray[np.int32]
) -> None:
    """Leave of each of the ``rows`` how far it is from row ``origins[i]`` of ``before``, both float32."""
    for i in range(origins.size):
        row, start = rows[i], before[origins[i]]
        for k in range(row.size):
            row[k] -= start[k]


@kernel
def settle(
    total: npt.NDArray[np.float32], rows: npt.NDArray[np.float32], before: npt.NDArray[np.float32],
    origins: npt.NDArray[np.int32], places: npt.NDArray[np.int32],
) -> None:  # fmt: skip
    """Add to ``total`` how far the rows ``places`` are from what they were before, and put them back there.

    Row i of the float32 matrices ``total`` and ``rows`` was row ``origins[i]`` of ``before``.
    """
    for place in places:
        moved, row, start = total[place], rows[place], before[origins[place]]
        for k in range(row.size):
            moved[k] += row[k] - start[k]
            row[k] = start[k]
