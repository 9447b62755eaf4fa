"""What work takes, as measured: the figures behind the times and sizes that a plan tells.

Seconds are CPU seconds of one core of a server with AVX-512, on 100 MB of English encyclopedic text (17M tokens,
69k words, windows of 5 and 10, vectors of 100 and 300), each stage run by itself on one thread. Slower machines and
larger vocabularies take longer; `make bench` measures yours.
"""

from __future__ import annotations

NANO = 1e-9

STARTING = 6.0
"""Seconds until local workers are up, and until all is closed."""

STAGE = 0.2
"""Seconds until a stage's kernels are loaded and its output is begun and finished."""

TASK = 0.04
"""Seconds for sending a task out and keeping its result."""

DECODE = {"": 0.0, "gz": 9 * NANO, "bz2": 115 * NANO, "xz": 25 * NANO, "zst": 7 * NANO}
"""Seconds a byte of text for decoding a source and keeping its text."""

SCAN = 2.2 * NANO
"""Seconds a byte of text for counting words."""

ENCODE = 2.6 * NANO
"""Seconds a byte of text for turning words into ids."""

MERGE_WORD = 0.4e-6
"""Seconds a distinct word for bringing together what shards counted."""

COUNT_TOKEN, COUNT_PAIR = 10 * NANO, 1.5 * NANO
"""Seconds a token, and a token and unit of window, for counting co-occurrences."""

READ_TOKEN = 4 * NANO
"""Seconds a token for each panel of row blocks but the first."""

WRITE_CELL = 12 * NANO
"""Seconds a non-zero for making and writing rows."""

SPILL_CELL = 13 * NANO
"""Seconds a non-zero that a shard has counted for spilling and merging it."""

WEIGH_CELL = 25 * NANO
"""Seconds a non-zero for the marginals of PMI."""

PACK_CELL = 37 * NANO
"""Seconds a non-zero for making it ready for multiplication."""

MULTIPLY_FLOP = 0.04 * NANO
"""Seconds a floating-point operation in the products with the matrix."""

DENSE_CELL = 60 * NANO
"""Seconds a number of an iterate (words by columns) and iteration for the dense algebra."""

POSITIVE = 0.83
"""The part of the counts that is above 0 once it is PMI."""

TRAIN_PAIR, TRAIN_NUMBER = 5.0 * NANO, 0.055 * NANO
"""Seconds a pair of rows, and a pair and number of a vector, for training; a position of the text that is kept
has (window + 1) by (negative + 1) pairs."""

EXACT = {False: 1.0, True: 3.5}
"""How many times as long training takes with negatives drawn afresh for each pair."""

TEXT_BYTES = 0.45
"""Bytes on disk a byte of decoded text, while it is kept."""

VOCABULARY_BYTES = 10
"""Bytes on disk a word of the vocabulary."""

TOKEN_BYTES = 1.87
"""Bytes on disk a token."""

COUNT_BYTES = {"flat": 1.75, "dynamic": 2.15, "harmonic": 3.0}
"""Bytes on disk a non-zero of the counts."""

SPILL_BYTES = {"flat": 2.1, "dynamic": 2.2, "harmonic": 3.1}
"""Bytes on disk a non-zero that a shard has counted, until it is merged."""

UNUSED = {"vocabulary": 115 << 20, "counts": 80 << 20, "marginals": 90 << 20, "svd": 50 << 20, "sgns": 30 << 20}
"""Bytes of what is projected for a task that typical text leaves free: they are for the longest words, for pairs that
never recur, and for a worker that has to compile its kernels."""
