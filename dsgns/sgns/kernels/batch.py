"""The arrays that a tile works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

ROW_MULTIPLE = 16
"""Rows are padded to a multiple of this many floats: whole cache lines, and no scalar tail. Padding stays zero."""

BLOCK = 4
"""Most input rows that are scored against one state of the output rows."""


class Batch(NamedTuple):
    """The two matrices, and the row numbers of the pairs at hand.

    Parameters
    ----------
    inputs, outputs
        float32, shape (rows, padded d); changed in place.
    contexts
        int64: rows of ``inputs``; those of one position are distinct.
    repeats
        float32, beside ``contexts``: how often the row occurs in the window.
    targets
        int64: rows of ``outputs``; those of one group are distinct.
    positives
        float32, beside ``targets``: how often the row is the pair's own word.
    totals
        float32, beside ``targets``: the same plus how often the row was drawn as noise.
    gradients
        float32 scratch: ``rate * repeats * (positive - total * sigmoid(score))``, targets by contexts.
    changes
        float32 scratch, shape (BLOCK, padded d), for tiles that cannot keep a block's changes in registers.
    """

    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    contexts: npt.NDArray[np.int64]
    repeats: npt.NDArray[np.float32]
    targets: npt.NDArray[np.int64]
    positives: npt.NDArray[np.float32]
    totals: npt.NDArray[np.float32]
    gradients: npt.NDArray[np.float32]
    changes: npt.NDArray[np.float32]
