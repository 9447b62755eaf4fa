"""What the tasks of this stage will hold, from sizes alone."""

from __future__ import annotations

_OVERHEAD = 96 << 20  # compiling the kernels when nobody has yet, those of earlier stages, and the buffers of codecs


def projected_block_bytes(block_bytes: int, cells_out: int, vocabulary_size: int) -> int:
    """Most bytes held while a row block of counts, ``block_bytes`` in memory, becomes ``cells_out`` float32 cells."""
    return block_bytes + 8 * cells_out + 40 * vocabulary_size + _OVERHEAD


def projected_fold_bytes(vocabulary_size: int) -> int:
    """Most bytes held while the vectors over the vocabulary are folded."""
    return 120 * vocabulary_size + _OVERHEAD
