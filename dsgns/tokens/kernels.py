"""The kernel that writes the ids of the words of a text."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.kernels import BLOCK, Batch, WordTable, find_words
from dsgns.vocabulary.kernels_number import UNKNOWN, number_batch

SEPARATOR = -1
"""The id that stands at the end of every document."""


@kernel(cache=not PLAIN)
def encode_words(
    data: np.ndarray, size: int, table: WordTable, batch: Batch, cursor: np.ndarray, out: np.ndarray
) -> int:
    """Write the ids of those words of a text that are in the table, and those of line feeds.

    Parameters
    ----------
    data
        Text, uint8, with at least 96 bytes to spare after the first ``size``.
    table
        Words with their ids as values.
    cursor
        Moved on; it counts all words and line feeds, found or not.
    out
        int32, shape (at least size + 2,), overwritten.

    Returns
    -------
    int
        How many ids were written.
    """
    written = 0
    while cursor[BLOCK] <= size // 64:
        words = find_words(data, size, cursor, batch)
        ids = out[written : written + words]
        number_batch(data, words, table, batch, ids)
        for word in range(words):
            # Written in any case, and kept only if found: whether a word is known cannot be foreseen.
            out[written] = ids[word]
            written += ids[word] != UNKNOWN
        batch.starts[0] = batch.starts[words]
    return written
