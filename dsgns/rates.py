"""What work takes, as measured: the figures behind the times and sizes that a plan tells.

Seconds are CPU seconds of one core of a server with AVX-512, on 100 MB of English encyclopedic text (17M tokens,
69k words, windows of 1 to 10, vectors of 100 and 300), on a local worker, kernels loaded. Slower machines and larger
vocabularies take longer. ``python -m tests.benchmarks.rates TEXT`` measures those of work and disk again, and
``python -m tests.benchmarks.plan TEXT`` those of memory, of starting and of handing out tasks.
"""

from __future__ import annotations

NANO = 1e-9

_HELD_MIB = {"phrases": 189, "vocabulary": 189, "tokens": 199, "counts": 200, "marginals": 193, "svd": 204, "sgns": 218}
_UNUSED_MIB = {"tokens": 76, "counts": 95, "marginals": 91, "products": 38, "svd": 49}

STARTING = 4.5
"""Seconds until local workers are up, and until all is closed."""

STAGE = 0.1
"""Seconds until a stage's kernels are loaded and its output is begun and finished."""

TASK = 0.01
"""Seconds for sending a task out and keeping its result."""

DECODE = {"": 6 * NANO, "gz": 7 * NANO, "bz2": 115 * NANO, "xz": 25 * NANO, "zst": 7 * NANO}
"""Seconds a byte of text for decoding a source, or for taking it from records not compressed, and keeping it."""

SCAN = 1.8 * NANO
"""Seconds a byte of text for counting words."""

ENCODE = 1.8 * NANO
"""Seconds a byte of text for turning words into ids."""

MERGE_WORD = 0.4e-6
"""Seconds a distinct word for bringing together what shards counted."""

PAIR, PAIR_BYTES = 25 * NANO, 3
"""Seconds a token for counting pairs of neighbours and joining phrases, and bytes on disk meanwhile, in each pass."""

COUNT_TOKEN = 24 * NANO
"""Seconds a token for counting co-occurrences."""

READ_TOKEN = 4 * NANO
"""Seconds a token for each panel of row blocks but the first."""

WRITE_CELL = 20 * NANO
"""Seconds a non-zero for adding it up and writing rows."""

SPILL_CELL = 16 * NANO
"""Seconds a non-zero that a shard has counted for spilling and merging it."""

WEIGH_CELL = 8 * NANO
"""Seconds a non-zero for the marginals of PMI."""

PACK_CELL = 45 * NANO
"""Seconds a non-zero for making it ready for multiplication."""

MULTIPLY_FLOP = 0.037 * NANO
"""Seconds a floating-point operation in the products with the matrix."""

DENSE_FLOP = 0.06 * NANO
"""Seconds a floating-point operation of the dense algebra, as
:func:`dsgns.planning.count_road.dense_flops` counts them."""

POSITIVE = 0.82
"""The part of the counts that is above 0 once it is PMI."""

TRAIN_PAIR, TRAIN_NUMBER = 4.1 * NANO, 0.06 * NANO
"""Seconds a pair of rows, and a pair and number of a vector, for training; a position of the text that is kept
has (window + 1) by (negative + 1) pairs."""

EXACT = {False: 1.0, True: 3.5}
"""How many times as long training takes with negatives drawn afresh for each pair."""

ROUND_TASK, ROUND_COLUMN = 0.0025, 0.0006
"""Seconds a task of a round of replicas, which one scheduler sends out, and seconds a round and column of the vectors
for exchanging and merging them: of 4M tokens and 17M, and vectors of 100."""

TEXT_BYTES = 0.45
"""Bytes on disk a byte of decoded text, while it is kept."""

VOCABULARY_BYTES = 10
"""Bytes on disk a word of the vocabulary."""

TOKEN_BYTES = 4
"""Bytes on disk a token."""

COUNT_BYTES, COUNT_BIT = 1.75, 0.115
"""Bytes on disk a non-zero of the counts, and for each bit of what counts are scaled with to be integers."""

SPILL_BYTES, SPILL_BIT = 2.1, 0.09
"""The same of a non-zero that a shard has counted, until it is merged."""

HELD = {name: size << 20 for name, size in _HELD_MIB.items()}
"""Bytes a worker holds when a stage begins: what it has imported, and the kernels of the stages before."""

READER, DECODER = 9 << 20, 40 << 20
"""Bytes that reading text takes beside its words, and decoding a source."""

SCANNED_WORD, MERGED_WORD = 57, 94
"""Bytes for each distinct word that is being counted, and for each whose counts are being added up."""

UNUSED = {name: size << 20 for name, size in _UNUSED_MIB.items()}
"""Bytes of what a task promises to keep to that usual text leaves free: they are for the longest words, for pairs that
never recur, and for a worker that has to compile its kernels."""

ROUND = 0.45
"""Of the memory promised for a round of replicas, what it takes: the promise is for the worker that holds most."""

WRITTEN_BLOCK = 0.32
"""Of the memory promised for writing a block of vectors, what it takes."""
