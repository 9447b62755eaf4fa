"""Skip-gram with negative sampling over one piece of the corpus.

The default shares each position's noise words among its pairs (Ji et al. 2016, "Parallelizing word2vec in shared
and distributed memory"): a window becomes a few tiles of contexts x targets. With ``fresh`` draws every pair is a
step of its own, as in word2vec.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import BLOCK, HEIGHT, Batch
from dsgns.sgns.kernels.draws import Draws
from dsgns.sgns.kernels.plain_tiles import dot
from dsgns.sgns.kernels.positions import SLOTS, Piece, RowMaps, fetch_noise, gather, row_of
from dsgns.sgns.kernels.tiles import PLAIN, score_block, update_block

_AHEAD = 3  # positions between asking for rows and using them

# These kernels allocate nothing, so they are compiled without numba's memory management (``_nrt``): with it every use
# of a tuple counts the references to all its arrays, which cost a fifth of the speed where they were inlined and two
# thirds where they were not.


@kernel(cache=not PLAIN, _nrt=False)
def train_piece(piece: Piece, maps: RowMaps, draws: Draws, batch: Batch, rate: float, fall: float) -> int:
    """Train on every centre of a piece, in order; returns the number of pairs.

    ``batch.inputs`` and ``batch.outputs`` are changed in place. The learning rate at corpus position p is
    ``rate - fall * p``.
    """
    if piece.first == piece.last:
        return 0
    pairs = 0
    batch.sizes[:] = 0  # a position before the first has no contexts
    for i in range(piece.first - _AHEAD, piece.last):
        now = rate - fall * (piece.start + piece.offsets[max(i, piece.first)])
        pairs += _train_position(piece, i, maps, draws, batch, np.float32(now))
    return pairs


@kernel(inline="always")
def _train_position(piece: Piece, i: int, maps: RowMaps, draws: Draws, batch: Batch, rate: np.float32) -> int:
    """Train on one centre, and make another ready meanwhile; returns the other's number of pairs.

    The other is gathered where the processor would else wait for scores, and its rows are asked for while rows are
    updated.
    """
    slot, targets = i % SLOTS, draws.negative + 1
    first, contexts = slot * 2 * draws.window, batch.sizes[slot]
    ahead = ((i + _AHEAD) % SLOTS - slot) * 2 * draws.window * targets
    newest = _newest(piece, i + _AHEAD + draws.window, maps)
    pairs = 0
    height = 1 if draws.fresh else HEIGHT
    for begin in range(0, max(contexts, 1), height):
        done, own, group = 0, min(height, contexts - begin), first + (begin if draws.fresh else 0)
        while done < targets:
            width, target = _block_width(targets - done), group * targets + done
            score_block(batch, first + begin, own, target, width, rate, np.float32(done == 0))
            if begin == 0 and done == 0 and i + _AHEAD < piece.last:
                pairs = gather(piece, i + _AHEAD, maps, draws, batch)
                fetch_noise(piece, i + 2 * _AHEAD, draws)
            update_block(batch, first + begin, own, target, width, target + ahead, newest)
            done += width
    return pairs


@kernel(inline="always")
def _newest(piece: Piece, i: int, maps: RowMaps) -> int:
    """The input row of a word that comes within reach; any row where there is none."""
    return row_of(maps.inputs, max(piece.words[min(i, piece.words.size - 1)], 0))


@kernel(inline="always")
def _block_width(left: int) -> int:
    """Targets in the next block: as many as there are tiles for."""
    if left >= BLOCK:
        return BLOCK
    if left >= 4:
        return 4
    return 2 if left >= 2 else 1


@kernel(inline="always")
def _groups(slot: int, draws: Draws, batch: Batch) -> tuple[int, int]:
    """The first group of targets of a position and their number: one, or one for each of its pairs."""
    return slot * 2 * draws.window, batch.sizes[slot] if draws.fresh else min(batch.sizes[slot], 1)


@kernel(_nrt=False)
def count_piece(
    piece: Piece, maps: RowMaps, draws: Draws, batch: Batch,
    inputs: npt.NDArray[np.int32], outputs: npt.NDArray[np.int32],
) -> int:  # fmt: skip
    """Count how often :func:`train_piece` would update each input and output row; returns the number of pairs."""
    pairs = 0
    targets = draws.negative + 1
    for i in range(piece.first, piece.last):
        pairs += gather(piece, i, maps, draws, batch)
        first, groups = _groups(i % SLOTS, draws, batch)
        contexts = batch.sizes[i % SLOTS]
        for place in range(first, first + contexts):
            inputs[batch.contexts[place]] += targets
        for place in range(first * targets, (first + groups) * targets):
            outputs[batch.targets[place]] += 1 if draws.fresh else contexts
    return pairs


@kernel(_nrt=False)
def loss_piece(piece: Piece, maps: RowMaps, draws: Draws, batch: Batch) -> tuple[float, int]:
    """Summed loss of the pairs of a piece, float64, and their number.

    The loss of a pair is ``-log s(w.c) - sum over its noise words n of log s(-w.n)``, s being the sigmoid
    (Mikolov et al. 2013, equation 4).
    """
    loss = 0.0
    pairs = 0
    for i in range(piece.first, piece.last):
        pairs += gather(piece, i, maps, draws, batch)
        first, _ = _groups(i % SLOTS, draws, batch)
        for place in range(first, first + batch.sizes[i % SLOTS]):
            loss += _pair_loss(place, place if draws.fresh else first, draws, batch)
    return loss, pairs


@kernel(_nrt=False)
def _pair_loss(place: int, group: int, draws: Draws, batch: Batch) -> float:
    loss = 0.0
    row = batch.inputs[batch.contexts[place]]
    for draw in range(draws.negative + 1):
        score = float(dot(row, batch.outputs[batch.targets[group * (draws.negative + 1) + draw]]))
        # log(1 + exp(x)) without overflow: max(x, 0) + log1p(exp(-|x|)).
        tail = np.log1p(np.exp(-abs(score)))
        loss += max(-score if draw == 0 else score, 0.0) + tail
    return loss
