"""The encoded corpus as one stream of ids, read from anywhere."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output
from dsgns.store.arrays import CHUNK


class TokenStream:
    """The ids of all documents one after the other, -1 after each; cheap to make in a task.

    Parameters
    ----------
    output
        A completed encoded corpus.
    held_out
        Read the held-out documents instead of the others.
    """

    def __init__(self, output: Output, held_out: bool = False) -> None:
        facts = output.facts
        self._output, self._array = output, "held_out" if held_out else "ids"
        lengths = facts["block_held_out_ids" if held_out else "block_ids"]
        self._starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        self.length: int = int(self._starts[-1])
        self.vocabulary_size: int = facts["vocabulary_size"]

    def read(self, start: int, stop: int) -> np.ndarray:
        """Ids ``start`` to ``stop``, int32, shape (stop - start,)."""
        if not 0 <= start <= stop <= self.length:
            raise IndexError(f"ids {start} to {stop} were asked for; there are {self.length}")
        block = self._block_of(start)
        if start < stop <= self._starts[block + 1]:
            return self._slice(block, start, stop)
        out = np.empty(stop - start, np.int32)
        at = start
        while at < stop:
            until = min(stop, int(self._starts[block + 1]))
            if at < until:
                out[at - start : until - start] = self._slice(block, at, until)
                at = until
            block += 1
        return out

    def chunk_end(self, position: int) -> int:
        """Where the stored chunk ends that holds an id: reads from one such place to the next decode nothing twice."""
        block = self._block_of(position)
        first = int(self._starts[block])
        return min(first + ((position - first) // CHUNK + 1) * CHUNK, int(self._starts[block + 1]))

    def _block_of(self, position: int) -> int:
        return int(np.searchsorted(self._starts, position, side="right")) - 1

    def _slice(self, block: int, start: int, stop: int) -> np.ndarray:
        first = int(self._starts[block])
        return self._output.read_slice(f"ids/{block:05d}", self._array, start - first, stop - first)
