"""Count all that goes into some row blocks, from all tokens at once, and write them."""

from __future__ import annotations

import numpy as np

from dsgns import progress
from dsgns.cooccurrence.accumulator import Accumulator, new_accumulator
from dsgns.cooccurrence.cells import Cells, grown, new_cells
from dsgns.cooccurrence.kernels import count_cells
from dsgns.cooccurrence.kernels_index import Occurrences
from dsgns.cooccurrence.memory import cell_room
from dsgns.cooccurrence.panels import Panel
from dsgns.cooccurrence.rows import write_rows
from dsgns.cooccurrence.runs import padded_runs
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.parameters import CountsParameters
from dsgns.store import Manifest, Output, Syncing
from dsgns.tokens.stream import TokenStream


def count_panel(
    output: Output, tokens: Output, vocabulary: Output, parameters: CountsParameters, panel: Panel, slots: int
) -> Manifest:
    """The rows of some row blocks, each as a CSR block, counted without spilling anything.

    Parameters
    ----------
    output
        Where the row blocks go. One that is there is left alone: an earlier attempt at this task wrote it.
    tokens, vocabulary
        The encoded corpus and its words, whose counts say where each one's occurrences go: none is counted again.
    parameters
        Window and weights.
    panel
        What to count.
    slots
        That the whole corpus takes.

    Returns
    -------
    Manifest
        Of an empty block; its facts hold ``rows``, the row blocks' names.

    Raises
    ------
    CorruptBlockError
        If the tokens lack occurrences of the panel's words, or have some twice.
    """
    stream, weights = TokenStream(tokens), window_weights(parameters)
    counts = vocabulary.read("words", "counts")["counts"]
    for run in padded_runs(stream, 0, stream.length, weights.window, slots, panel.rows, counts):
        counter = _Counter(run, weights, panel.likely)
        with Syncing(output) as blocks:
            for name, (first, last) in panel.blocks.items():
                if output.manifest(name) is None:
                    write_rows(blocks, name, first, stream.vocabulary_size, *counter.count(first, last))
    return output.write_bytes(panel.name, [], facts={"rows": list(panel.blocks)})


class _Counter:
    """Counts rows of one run into buffers that are used again for the next row block."""

    def __init__(self, run: Occurrences, weights: WindowWeights, likely: int) -> None:
        self.run, self.weights = run, weights
        self._words = len(run.starts) - 1
        self._room = cell_room(self._words, likely)
        self._kept: dict[type, tuple[Accumulator, Cells]] = {}

    def count(self, first: int, last: int) -> tuple[Cells, int]:
        """The cells of rows ``first`` to ``last``, and how many there are; overwritten by the next call."""
        dtype = self._dtype(first, last)
        if dtype not in self._kept:
            self._kept.clear()  # wide rows come first, and never again
            self._kept[dtype] = new_accumulator(self._words + 1, dtype), new_cells(0, self._room, dtype)
        accumulator, cells = self._kept[dtype]
        cells = cells._replace(row_nonzeros=np.zeros(last - first, np.int64))
        row, filled, weights = first, 0, self.weights.as_scalars(dtype)
        while True:
            row, filled = count_cells(self.run, row, first, weights, accumulator, cells, filled)
            if row == last:
                break
            # More than likely: room for a whole row at least, and for what is still to come.
            cells = grown(cells, filled, self._room)
            self._kept[dtype] = accumulator, cells
        progress.advance(int(self.run.starts[last] - self.run.starts[first]))
        return cells, filled

    def _dtype(self, first: int, last: int) -> type[np.uint32] | type[np.uint64]:
        """Wide where a cell of these rows could overflow uint32."""
        return np.uint64 if self.weights.overflows(np.diff(self.run.starts[first : last + 1])) else np.uint32
