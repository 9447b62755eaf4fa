"""Count one shard of tokens and write it down, row block by row block."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.accumulator import Accumulator, new_accumulator
from dsgns.cooccurrence.kernels import count_rows
from dsgns.cooccurrence.kernels_index import Occurrences
from dsgns.cooccurrence.memory import stream_bytes
from dsgns.cooccurrence.plan import CountsPlan
from dsgns.cooccurrence.runs import padded_runs
from dsgns.cooccurrence.spill import SpillRecord
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.parameters import CountsParameters
from dsgns.store import Manifest, Output
from dsgns.tokens.stream import TokenStream


def spill_shard(
    output: Output, tokens: Output, parameters: CountsParameters, name: str, shard: tuple[int, int], capacity: int
) -> Manifest:
    """Windowed co-occurrence counts of one shard, as the streams of all row blocks in one raw file.

    Reads ``window`` tokens beyond each end but centres only the shard's own, so that the union over shards
    counts every (centre, context) pair of the corpus exactly once.

    Parameters
    ----------
    output
        Where the file goes; its plan has the row blocks.
    tokens
        The encoded corpus.
    parameters
        Window and weights.
    name
        Of the block to write.
    shard
        Range of the token stream.
    capacity
        Token slots in memory at a time.

    Returns
    -------
    Manifest
        Its facts are a :class:`~dsgns.cooccurrence.spill.SpillRecord`.
    """
    grid = CountsPlan.of(output).grid
    stream = TokenStream(tokens)
    counter = _Counter(grid, window_weights(parameters), stream.vocabulary_size)
    runs = padded_runs(stream, *shard, parameters.window, capacity)
    parts = (part for run in runs for part in counter.encode(run))
    return output.write_bytes(name, parts, facts=counter.record.to_dict)


class _Counter:
    """Counts runs into one reused pair of accumulators and one reused buffer, and keeps the record."""

    def __init__(self, grid: list[int], weights: WindowWeights, vocabulary_size: int) -> None:
        self.grid, self.weights = grid, weights
        self.record = SpillRecord.empty(len(grid) - 1)
        self._stream = np.empty(stream_bytes(vocabulary_size), np.uint8)
        self._wide = new_accumulator(vocabulary_size + 1, np.uint64)
        self._narrow = new_accumulator(vocabulary_size + 1, np.uint32)
        self._written = 0

    def encode(self, run: Occurrences) -> Iterator[np.ndarray]:
        """The bytes of all row blocks of a run in order, each part overwritten by the next."""
        wide_rows = self._wide_rows(run.starts)
        offsets = [self._written]
        for block, (first, last) in enumerate(pairwise(self.grid)):
            middle = min(max(first, wide_rows), last)
            yield from self._encode_rows(run, block, first, middle, self._wide, np.uint64)
            yield from self._encode_rows(run, block, middle, last, self._narrow, np.uint32)
            offsets.append(self._written)
        self.record.offsets.append(offsets)
        self.record.tokens += int(run.starts[-1])

    def _wide_rows(self, starts: np.ndarray) -> int:
        """Rows up to the last whose cells could overflow uint32."""
        narrow = self.weights.narrow_occurrences()
        wide = np.flatnonzero(np.diff(starts) > narrow)
        if not narrow:
            return len(starts) - 1
        return int(wide[-1]) + 1 if len(wide) else 0

    def _encode_rows(
        self,
        run: Occurrences,
        block: int,
        first: int,
        last: int,
        accumulator: Accumulator,
        dtype: type[np.uint32] | type[np.uint64],
    ) -> Iterator[np.ndarray]:
        row = first
        while row < last:
            begun, weights = row, self.weights.as_scalars(dtype)
            row, used, nonzeros, total = count_rows(run, row, last, weights, accumulator, self._stream)
            self.record.add(block, nonzeros, total)
            self._written += used
            progress.advance(int(run.starts[row] - run.starts[begun]))
            yield self._stream[:used]
