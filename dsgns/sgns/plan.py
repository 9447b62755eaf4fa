"""What training needs in memory: counts and sizes in, bytes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.grid import Grid
from dsgns.sgns.model import padded
from dsgns.sgns.noise import keep_probabilities, noise_distribution
from dsgns.sgns.pieces import PIECE_TOKENS
from dsgns.sgns.schedule import chunk_tokens

_PIECE_BYTES = 32 * PIECE_TOKENS  # ids, their decoding, kept words and offsets, and what counts them
_TABLE_BYTES = 80  # per word: counts, subsampling, noise, and what builds the alias table
_BLOCK_COPIES = 4  # a block on its way to or from disk: both matrices, decoded and checked
_ROW_COPIES = 3  # a replica's rows: as taken, as trained, and on the wire


def model_bytes(vocabulary_size: int, vector_size: int) -> int:
    """Both matrices, padding included."""
    return 2 * vocabulary_size * padded(vector_size) * 4


def projected_interval(vocabulary_size: int, parameters: SGNSParameters, grid: Grid) -> int:
    """One replica from checkpoint to checkpoint: the model, its threads' pieces of corpus, one block in transit."""
    return (
        model_bytes(vocabulary_size, parameters.vector_size)
        + parameters.threads * _PIECE_BYTES
        + vocabulary_size * _TABLE_BYTES
        + projected_block(parameters, grid)
    )


def projected_block(parameters: SGNSParameters, grid: Grid) -> int:
    """Reading or writing one block of vectors."""
    return _BLOCK_COPIES * max(stop - start for start, stop in grid) * padded(parameters.vector_size) * 4


def projected_round(
    counts: npt.NDArray[np.int64], length: int, parameters: SGNSParameters, grid: Grid, workers: int
) -> int:
    """The largest task of a round, and a worker's share of two versions of all shards."""
    row = padded(parameters.vector_size) * 4
    rows = expected_rows(counts, chunk_tokens(parameters, length), parameters) * row
    shard = 2 * max(stop - start for start, stop in grid) * row
    training = _ROW_COPIES * rows + parameters.threads * _PIECE_BYTES + counts.size * _TABLE_BYTES
    merging = 2 * shard + parameters.replicas * min(rows, shard)
    shares = 2 * model_bytes(counts.size, parameters.vector_size) // max(workers, 1)
    return max(training, merging) + shares


def expected_rows(counts: npt.NDArray[np.int64], tokens: int, parameters: SGNSParameters) -> int:
    """Input and output rows that a chunk of so many tokens touches, in expectation over random text.

    Real text repeats itself, so it touches fewer.
    """
    words = tokens * counts / counts.sum() * keep_probabilities(counts, parameters.sample)
    groups = float(words.sum()) * (parameters.window + 1 if parameters.exact else 1)
    noise = groups * parameters.negative * noise_distribution(counts, parameters.ns_exponent)
    return int(np.ceil(-np.expm1(-words).sum() - np.expm1(-words - noise).sum()))
