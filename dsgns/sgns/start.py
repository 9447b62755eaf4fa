"""The rows that a training begins with which goes on from another one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import START
from dsgns.sgns.grid import block_name
from dsgns.sgns.model import aligned_zeros, initial_inputs
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed

WORDS = f"{START}/words"
"""The block that says which word of the new vocabulary each word of the old one is."""


def write_start_rows(
    output: Output,
    source: Output,
    parameters: SGNSParameters,
    matrix: str,
    k: int,
    rows: tuple[int, int],
    other_words: bool,
) -> Manifest:
    """Write the ``k``-th row range of a matrix: rows of ``source``, padded, and those of new words as they would begin.

    Parameters
    ----------
    source
        A finished training, with vectors as long as they are to be.
    matrix
        ``input`` or ``output``.
    rows
        Start and stop, in the new vocabulary.
    other_words
        Whether the source has another vocabulary; the block :data:`WORDS` then says where its words are.
    """
    start, stop = rows
    values = initial_inputs(start, stop, parameters.vector_size, parameters.draw_seed)
    if matrix == "output":
        values = aligned_zeros(*values.shape)
    ids = read_packed(output, WORDS, "ids")["ids"] if other_words else None
    for name, block in source.manifests(matrix).items():
        first, last = block.facts["start"], block.facts["stop"]
        words = np.arange(first, last) if ids is None else ids[first:last]
        here = np.flatnonzero((words >= start) & (words < stop))
        if here.size:
            found: npt.NDArray[np.float32] = source.read(name, "rows")["rows"]
            values[words[here] - start, : parameters.vector_size] = found[here]
    return output.write(f"{START}/{block_name(matrix, k)}", {"rows": values})
