"""Every kernel of counting called once, so that it is compiled before there is anything to count."""

from __future__ import annotations

import numpy as np

from dsgns.cooccurrence.accumulator import new_accumulator
from dsgns.cooccurrence.cells import new_cells
from dsgns.cooccurrence.kernels import count_cells, count_rows, row_bytes
from dsgns.cooccurrence.kernels_merge import MARGIN, Windows, merge_rows
from dsgns.cooccurrence.memory import cell_room
from dsgns.cooccurrence.runs import index_words


def compile_counting(window: int) -> None:
    """Compile what is compiled for each window size, and each size of sums, by itself.

    A tiny text comes to the narrow sums alone: wide ones are for words that are too frequent for them.
    """
    words = 2
    slots = np.full(2 * window + words, words, np.int32)
    slots[window:-window] = range(words)
    run = index_words(slots, range(window, window + words), words)
    streams = Windows(np.zeros((1, 2 * MARGIN), np.uint8), *np.zeros((3, 1), np.int64))
    for dtype in (np.uint32, np.uint64):
        weights = tuple(dtype(1) for _ in range(window))
        accumulator, cells = new_accumulator(words + 1, dtype), new_cells(words, cell_room(words, words), dtype)
        count_rows(run, 0, words, weights, accumulator, np.empty(row_bytes(words) * words, np.uint8))
        count_cells(run, 0, 0, weights, accumulator, cells, 0)
        merge_rows(streams, words, accumulator, cells, 0, 0, 0)
