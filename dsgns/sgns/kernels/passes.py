"""Skip-gram with negative sampling over one piece of the corpus.

The default shares each position's noise words among its pairs (Ji et al. 2016, "Parallelizing word2vec in shared
and distributed memory"): a window becomes a few tiles of contexts x targets. With ``fresh`` draws every pair is a
step of its own, as in word2vec.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import BLOCK, Batch
from dsgns.sgns.kernels.draws import Draws
from dsgns.sgns.kernels.plain_tiles import dot
from dsgns.sgns.kernels.positions import SLOTS, Piece, RowMaps, Sizes, gather, row_of
from dsgns.sgns.kernels.tiles import PLAIN, fetch_row, step_block

_AHEAD = 2  # positions between asking for rows and using them

# These kernels allocate nothing, so they are compiled without numba's memory management (``_nrt``): with it every use
# of a tuple counts the references to all its arrays, which cost a fifth of the speed where they were inlined and two
# thirds where they were not.


@kernel(cache=not PLAIN, _nrt=False)
def train_piece(piece: Piece, maps: RowMaps, draws: Draws, batch: Batch, sizes: Sizes, rate: float, fall: float) -> int:
    """Train on every centre of a piece, in order; returns the number of pairs.

    ``batch.inputs`` and ``batch.outputs`` are changed in place. The learning rate at corpus position p is
    ``rate - fall * p``.
    """
    pairs = 0
    for i in range(piece.first, piece.last + _AHEAD):
        if i < piece.last:
            pairs += gather(piece, i, maps, draws, batch, sizes)
            _fetch(piece, i, maps, draws, batch, sizes)
        ready = i - _AHEAD
        if ready >= piece.first:
            now = rate - fall * (piece.start + piece.offsets[ready])
            _train_position(ready % SLOTS, draws, batch, sizes, np.float32(now))
    return pairs


@kernel(inline="always")
def _fetch(piece: Piece, i: int, maps: RowMaps, draws: Draws, batch: Batch, sizes: Sizes) -> None:
    """Prefetch what the centre will touch for the first time: its targets, and the newest word of its window."""
    groups = sizes.contexts[i % SLOTS] if draws.fresh else min(sizes.contexts[i % SLOTS], 1)
    for group in range(groups):
        number = (i % SLOTS) * 2 * draws.window + group
        base = number * (draws.negative + 1)
        for place in range(base, base + sizes.targets[number]):
            fetch_row(batch.outputs, batch.targets[place])
    newest = i + draws.window
    if newest < piece.words.size and piece.words[newest] >= 0:
        fetch_row(batch.inputs, row_of(maps.inputs, piece.words[newest]))


@kernel(inline="always")
def _train_position(slot: int, draws: Draws, batch: Batch, sizes: Sizes, rate: np.float32) -> None:
    first = slot * 2 * draws.window
    contexts = sizes.contexts[slot]
    done = 0
    while done < contexts:
        group = first + done if draws.fresh else first
        rows = 1 if draws.fresh else _block_rows(contexts - done)
        step_block(batch, first + done, rows, group * (draws.negative + 1), sizes.targets[group], rate)
        done += rows


@kernel(inline="always")
def _block_rows(left: int) -> int:
    """Contexts in the next block: the largest power of two that is left, at most ``BLOCK``."""
    if left >= BLOCK:
        return BLOCK
    return 2 if left >= 2 else 1


@kernel(_nrt=False)
def touch_piece(
    piece: Piece, maps: RowMaps, draws: Draws, batch: Batch, sizes: Sizes,
    inputs: npt.NDArray[np.bool_], outputs: npt.NDArray[np.bool_],
) -> int:  # fmt: skip
    """Mark the words whose input and output rows :func:`train_piece` would change; returns the number of pairs."""
    pairs = 0
    for i in range(piece.first, piece.last):
        pairs += gather(piece, i, maps, draws, batch, sizes)
        first = (i % SLOTS) * 2 * draws.window
        contexts = sizes.contexts[i % SLOTS]
        for place in range(first, first + contexts):
            inputs[batch.contexts[place]] = True
        for group in range(first, first + (contexts if draws.fresh else min(contexts, 1))):
            base = group * (draws.negative + 1)
            for place in range(base, base + sizes.targets[group]):
                outputs[batch.targets[place]] = True
    return pairs


@kernel(_nrt=False)
def loss_piece(piece: Piece, maps: RowMaps, draws: Draws, batch: Batch, sizes: Sizes) -> tuple[float, int]:
    """Summed loss of the pairs of a piece, float64, and their number.

    The loss of a pair is ``-log s(w.c) - sum over its noise words n of log s(-w.n)``, s being the sigmoid
    (Mikolov et al. 2013, equation 4).
    """
    loss = 0.0
    pairs = 0
    for i in range(piece.first, piece.last):
        pairs += gather(piece, i, maps, draws, batch, sizes)
        first = (i % SLOTS) * 2 * draws.window
        for place in range(first, first + sizes.contexts[i % SLOTS]):
            group = place if draws.fresh else first
            loss += batch.repeats[place] * _context_loss(place, group, draws, batch, sizes)
    return loss, pairs


@kernel(_nrt=False)
def _context_loss(place: int, group: int, draws: Draws, batch: Batch, sizes: Sizes) -> float:
    loss = 0.0
    base = group * (draws.negative + 1)
    for target in range(base, base + sizes.targets[group]):
        score = float(dot(batch.inputs[batch.contexts[place]], batch.outputs[batch.targets[target]]))
        # log(1 + exp(x)) without overflow: max(x, 0) + log1p(exp(-|x|)).
        tail = np.log1p(np.exp(-abs(score)))
        positive = batch.positives[target]
        loss += positive * (max(-score, 0.0) + tail) + (batch.totals[target] - positive) * (max(score, 0.0) + tail)
    return loss
