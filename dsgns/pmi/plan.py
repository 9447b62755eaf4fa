"""What the tasks of this stage will hold, from sizes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_OVERHEAD = 96 << 20  # compiling the kernels when nobody has yet, those of earlier stages, and the buffers of codecs

_SHARE = 16 << 20  # non-zeros: a task that is lost is soon done again
_LEAST_SHARES = 16


def shares(nonzeros: Sequence[int]) -> list[int]:
    """Boundaries of the row blocks that a task goes through, from their non-zeros alone, whoever runs it.

    Tasks of a single block took as long to begin and end as to do it, and waited for the disk in between.
    """
    return even_shares(nonzeros, max(_LEAST_SHARES, sum(nonzeros) // _SHARE))


def even_shares(sizes: Sequence[int], most: int) -> list[int]:
    """Boundaries of ``most`` runs, or of fewer, with about equal sums.

    Examples
    --------
    >>> even_shares([4, 4, 4, 5, 4, 4], 2)
    [0, 3, 6]
    """
    amounts = np.array(sizes, np.float64)
    # What is in the middle of one goes to the run that it falls into.
    middles = np.cumsum(amounts) - amounts / 2
    numbers = (middles * most / max(amounts.sum(), 1.0)).astype(np.int64)
    return [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(amounts)]


def projected_block_bytes(block_bytes: int, cells_out: int, vocabulary_size: int) -> int:
    """Most bytes held while a row block of counts, ``block_bytes`` in memory, becomes ``cells_out`` float32 cells."""
    return block_bytes + 8 * cells_out + 40 * vocabulary_size + _OVERHEAD


def projected_fold_bytes(vocabulary_size: int) -> int:
    """Most bytes held while the vectors over the vocabulary are folded."""
    return 120 * vocabulary_size + _OVERHEAD
