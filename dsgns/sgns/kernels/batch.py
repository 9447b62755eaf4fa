"""The arrays that a tile works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

ROW_MULTIPLE = 16
"""Rows are padded to a multiple of this many floats: whole cache lines, and no scalar tail. Padding stays zero."""

BLOCK = 6
"""Most targets that are scored against one state of the model: a word and its five noise words."""

HEIGHT = 4
"""Most contexts that are scored against one state of the model. A whole window at once is faster by a tenth, and loses
analogies at 300 dimensions."""

PITCH = 8
"""Places for the gradients of one context; those beyond the block's targets are never read."""


class Batch(NamedTuple):
    """The two matrices, and the row numbers of the pairs at hand.

    Parameters
    ----------
    inputs, outputs
        float32, shape (rows, padded d); changed in place.
    contexts
        int64: rows of ``inputs``.
    targets
        int64: rows of ``outputs``.
    sizes
        int64: how many of the places for contexts are filled, for each position that is held.
    gradients
        float32 scratch: rate times (label - sigmoid(score)), ``PITCH`` for each context.
    changes
        float32 scratch, shape (BLOCK, padded d), for tiles that cannot keep the targets' changes in registers.
    """

    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    contexts: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    gradients: npt.NDArray[np.float32]
    changes: npt.NDArray[np.float32]
