"""The encoded corpus as one stream of ids, read from anywhere."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output


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
        out = np.empty(stop - start, np.int32)
        block = int(np.searchsorted(self._starts, start, side="right")) - 1
        at = start
        while at < stop:
            first = int(self._starts[block])
            until = min(stop, int(self._starts[block + 1]))
            if at < until:
                part = self._output.read_slice(f"ids/{block:05d}", self._array, at - first, until - first)
                out[at - start : until - start] = part
                at = until
            block += 1
        return out
