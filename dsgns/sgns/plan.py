"""What training needs in memory: counts and sizes in, bytes out."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.grid import Grid
from dsgns.sgns.model import padded
from dsgns.sgns.noise import keep_probabilities, noise_distribution
from dsgns.sgns.pieces import PIECE_TOKENS, READ_TOKENS
from dsgns.sgns.row_file import FILED
from dsgns.sgns.schedule import TOGETHER, task_tokens

_THREAD_BYTES = 10 * READ_TOKENS + 16 * PIECE_TOKENS  # a chunk of ids, its decoding, and what survives of a piece
_TABLE_BYTES = 12  # per word: subsampling and noise
_BUILDING_BYTES = 80  # per word: the same with what builds them
_ROW_BYTES = 20  # beside each row that is exchanged: its word, twice, who updates it, and how often
_LEAST_CHUNK, MOST_CHUNK = 1 << 15, 1 << 24  # the loss is measured on as many positions as the former
_ROUNDS = range(1_000, (1 << 25) + 1_000, 1_000)  # tokens of a replica
_TOUCHED_BYTES = 40  # per word, of which rows a chunk updates, how often, and where they are
_BLOCK_BYTES = 32 << 20
_FOUND_BYTES = 16  # per word of another vocabulary: where it is in ours, and whether in this block
_BLOCK_COPIES = 4  # a block on its way to or from disk: both matrices, decoded and checked
_FILE_BYTES = 64  # per file, of where it stands among the ids, and what was left out of it
_OVERHEAD = 24 << 20  # kernels, buffers of codecs, messages: what a worker that has just begun does not hold yet

REPLAYED = 64 << 20
"""Ids that one task looks at to tell what was left out: in a second or so, for each epoch takes a nanosecond an id."""


def model_bytes(vocabulary_size: int, vector_size: int) -> int:
    """Both matrices, padding included."""
    return 2 * vocabulary_size * padded(vector_size) * 4


class Room(NamedTuple):
    """What one replica needs in memory.

    Parameters
    ----------
    projected
        Bytes.
    chunk
        Tokens for which rows are copied out of a file and back; None where the model is in memory.
    """

    projected: int
    chunk: int | None = None


def room_for_interval(counts: npt.NDArray[np.int64], parameters: SGNSParameters, grid: Grid, allowed: int) -> Room:
    """One replica from checkpoint to checkpoint: the model in memory if a task may use so much, else in a file."""
    whole = projected_interval(counts.size, parameters, grid)
    if whole <= allowed or not FILED:
        return Room(whole)
    row = padded(parameters.vector_size) * 4 + _ROW_BYTES
    # Of the mapped block the processor's page tables hold what lies around each row that is read as well.
    beside = _at_work(counts.size, parameters, grid) + 2 * _BLOCK_BYTES + counts.size * _TOUCHED_BYTES

    def projected(chunk: int) -> int:
        return beside + row * expected_rows(counts, chunk, parameters)

    chunks = range(_LEAST_CHUNK, MOST_CHUNK, _LEAST_CHUNK)
    chunk = chunks[max(0, bisect_right(chunks, allowed, key=projected) - 1)]
    needed = projected(chunk)
    return Room(needed, chunk) if needed < whole else Room(whole)


def projected_interval(vocabulary_size: int, parameters: SGNSParameters, grid: Grid) -> int:
    """One replica from checkpoint to checkpoint: the model, and what is at work on it at any one time."""
    return model_bytes(vocabulary_size, parameters.vector_size) + _at_work(vocabulary_size, parameters, grid)


def _at_work(vocabulary_size: int, parameters: SGNSParameters, grid: Grid) -> int:
    return max(training_bytes(vocabulary_size, parameters) + _OVERHEAD, _copied_block(parameters, grid))


def training_bytes(vocabulary_size: int, parameters: SGNSParameters) -> int:
    """What training takes beside the model: tables over the vocabulary, and each thread's piece of the corpus."""
    reading = vocabulary_size * _TABLE_BYTES + parameters.threads * _THREAD_BYTES
    return max(reading, vocabulary_size * _BUILDING_BYTES)


def projected_block(parameters: SGNSParameters, grid: Grid) -> int:
    """Reading or writing one block of vectors."""
    return _copied_block(parameters, grid) + _OVERHEAD


def projected_subsampled(vocabulary_size: int, files: int) -> int:
    """Replaying which tokens of so many files were left out."""
    return vocabulary_size * _BUILDING_BYTES + files * _FILE_BYTES + 2 * _THREAD_BYTES + _OVERHEAD


def projected_start(words: int, parameters: SGNSParameters, grid: Grid) -> int:
    """Writing one block of the rows that a training goes on from, out of the blocks of one with so many words."""
    return 2 * _copied_block(parameters, grid) + words * _FOUND_BYTES + _OVERHEAD


def _copied_block(parameters: SGNSParameters, grid: Grid) -> int:
    return _BLOCK_COPIES * max(stop - start for start, stop in grid) * padded(parameters.vector_size) * 4


def projected_round(
    counts: npt.NDArray[np.int64], length: int, parameters: SGNSParameters, grid: Grid, workers: int
) -> int:
    """The largest task of a round, and what a worker holds of the round meanwhile.

    A worker holds its part of the shards, each in two versions, and of the tasks' rows, as they were taken and as they
    were changed. Dask places both where a worker is gone, so a part is taken to be one more than an equal share.
    """
    row = padded(parameters.vector_size) * 4
    tokens, tasks = task_tokens(parameters, length)
    touched = expected_rows(counts, tokens, parameters)
    rows = touched * (row + _ROW_BYTES)
    shard = 2 * max(stop - start for start, stop in grid) * row
    copies = 2 if tasks == parameters.replicas else 3  # a task of several chunks adds up what they changed
    training = copies * rows + training_bytes(counts.size, parameters)
    merging = 3 * shard + min(rows, shard) * tasks
    shards = min(len(grid), len(grid) // workers + 1)
    # Which words the rounds touch that were sent ahead is known before their turn.
    ours = min(tasks, tasks // workers + 1) * (2 * rows + 2 * TOGETHER * touched * _ROW_BYTES)
    held = 2 * shards * shard + ours
    return max(training, merging) + held + _OVERHEAD


def longest_rounds(
    counts: npt.NDArray[np.int64], length: int, parameters: SGNSParameters, grid: Grid, workers: int, allowed: int
) -> int | None:
    """The most tokens that each replica can train in a round of which no task needs more than allowed; None if none.

    Shorter rounds cost time: rows are pulled, pushed and merged more often.
    """

    def projected(tokens: int) -> int:
        return projected_round(counts, length, replace(parameters, round_tokens=tokens), grid, workers)

    fitting = bisect_right(_ROUNDS, allowed, key=projected)
    return _ROUNDS[fitting - 1] if fitting else None


def expected_rows(counts: npt.NDArray[np.int64], tokens: int, parameters: SGNSParameters) -> int:
    """Input and output rows that a chunk of so many tokens touches, in expectation over random text.

    Real text repeats itself, so it touches fewer.
    """
    words = tokens * counts / counts.sum() * keep_probabilities(counts, parameters.sample)
    groups = float(words.sum()) * (parameters.window + 1 if parameters.exact else 1)
    noise = groups * parameters.negative * noise_distribution(counts, parameters.ns_exponent)
    return int(np.ceil(-np.expm1(-words).sum() - np.expm1(-words - noise).sum()))
