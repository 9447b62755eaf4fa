"""What training needs in memory: counts and sizes in, bytes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.grid import Grid
from dsgns.sgns.model import padded
from dsgns.sgns.noise import keep_probabilities, noise_distribution
from dsgns.sgns.pieces import PIECE_TOKENS, READ_TOKENS
from dsgns.sgns.schedule import TOGETHER, task_tokens

_THREAD_BYTES = 10 * READ_TOKENS + 16 * PIECE_TOKENS  # a chunk of ids, its decoding, and what survives of a piece
_TABLE_BYTES = 12  # per word: subsampling and noise
_BUILDING_BYTES = 80  # per word: the same with what builds them
_ROW_BYTES = 20  # beside each row that is exchanged: its word, twice, who updates it, and how often
_FOUND_BYTES = 16  # per word of another vocabulary: where it is in ours, and whether in this block
_BLOCK_COPIES = 4  # a block on its way to or from disk: both matrices, decoded and checked
_OVERHEAD = 24 << 20  # kernels, buffers of codecs, messages: what a worker that has just begun does not hold yet


def model_bytes(vocabulary_size: int, vector_size: int) -> int:
    """Both matrices, padding included."""
    return 2 * vocabulary_size * padded(vector_size) * 4


def projected_interval(vocabulary_size: int, parameters: SGNSParameters, grid: Grid) -> int:
    """One replica from checkpoint to checkpoint: the model, and what is at work on it at any one time."""
    at_work = max(training_bytes(vocabulary_size, parameters) + _OVERHEAD, _copied_block(parameters, grid))
    return model_bytes(vocabulary_size, parameters.vector_size) + at_work


def training_bytes(vocabulary_size: int, parameters: SGNSParameters) -> int:
    """What training takes beside the model: tables over the vocabulary, and each thread's piece of the corpus."""
    reading = vocabulary_size * _TABLE_BYTES + parameters.threads * _THREAD_BYTES
    return max(reading, vocabulary_size * _BUILDING_BYTES)


def projected_block(parameters: SGNSParameters, grid: Grid) -> int:
    """Reading or writing one block of vectors."""
    return _copied_block(parameters, grid) + _OVERHEAD


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


def expected_rows(counts: npt.NDArray[np.int64], tokens: int, parameters: SGNSParameters) -> int:
    """Input and output rows that a chunk of so many tokens touches, in expectation over random text.

    Real text repeats itself, so it touches fewer.
    """
    words = tokens * counts / counts.sum() * keep_probabilities(counts, parameters.sample)
    groups = float(words.sum()) * (parameters.window + 1 if parameters.exact else 1)
    noise = groups * parameters.negative * noise_distribution(counts, parameters.ns_exponent)
    return int(np.ceil(-np.expm1(-words).sum() - np.expm1(-words - noise).sum()))
