"""The pairs of one centre position: its contexts, its own word and its noise words.

Training, the loss and the replay of which rows a chunk touches all call :func:`gather`, so they see the same
draws. In word2vec's skip-gram the context's vector is the input and the centre word the one to predict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import Batch
from dsgns.sgns.kernels.draws import Draws, bits_at, noise_word, reach_of, stays

SLOTS = 4
"""Positions held at once; a power of two above the prefetch distance."""


class Piece(NamedTuple):
    """Tokens that survived subsampling, with enough of their neighbours to fill every window.

    Parameters
    ----------
    words
        int32: word ids, -1 after each document.
    offsets
        int32, beside ``words``: token position, counted from ``start``.
    first, last
        Centres are ``words[first:last]``; what is outside only serves as context.
    start
        Position in the corpus of offset 0.
    tokens
        Positions the centres were left from, separators included.
    dropped
        How many of them subsampling left out.
    """

    words: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    first: int
    last: int
    start: int
    tokens: int
    dropped: int


class RowMaps(NamedTuple):
    """Word id to row, int32, for matrices that hold some of the rows; empty where row and id are the same."""

    inputs: npt.NDArray[np.int32]
    outputs: npt.NDArray[np.int32]


class Sizes(NamedTuple):
    """How much of each slot of a :class:`Batch` is filled.

    Parameters
    ----------
    contexts
        int64 (SLOTS): distinct contexts of the position.
    targets
        int64 (SLOTS x 2 window): distinct targets of each group; a group is a position, or one pair of it when
        every pair draws noise words of its own.
    """

    contexts: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]


@kernel
def subsample(ids: npt.NDArray[np.int32], start: int, draws: Draws, words: npt.NDArray[np.int32],
              offsets: npt.NDArray[np.int32]) -> int:  # fmt: skip
    """Copy the tokens that stay, and all separators, to ``words`` and ``offsets``; returns how many.

    ``start`` is the corpus position of ``ids[0]``.
    """
    kept = 0
    for offset in range(ids.size):
        word = ids[offset]
        if word < 0 or stays(draws, bits_at(draws.key, start + offset), word):
            words[kept] = word
            offsets[kept] = offset
            kept += 1
    return kept


@kernel(inline="always")
def row_of(rows: npt.NDArray[np.int32], word: int) -> int:
    """The row a word's vector is in."""
    return int(rows[word]) if rows.size else int(word)


@kernel(inline="always")
def gather(piece: Piece, i: int, maps: RowMaps, draws: Draws, batch: Batch, sizes: Sizes) -> int:
    """Fill slot ``i % SLOTS`` with the pairs of the centre ``piece.words[i]``; returns their number."""
    slot = i % SLOTS
    sizes.contexts[slot] = 0
    if piece.words[i] < 0:
        return 0
    bits = bits_at(draws.key, piece.start + piece.offsets[i])
    pairs = _gather_contexts(piece, i, reach_of(draws, bits), maps.inputs, draws, batch, sizes)
    groups = pairs if draws.fresh else min(pairs, 1)
    for group in range(groups):
        number = slot * 2 * draws.window + group
        sizes.targets[number] = _gather_targets(piece.words[i], bits, group, number, maps.outputs, draws, batch)
    return pairs


@kernel(inline="always")
def _gather_contexts(
    piece: Piece, i: int, reach: int, rows: npt.NDArray[np.int32], draws: Draws, batch: Batch, sizes: Sizes
) -> int:
    left = right = i
    while left > 0 and i - left < reach and piece.words[left - 1] >= 0:
        left -= 1
    while right + 1 < piece.words.size and right - i < reach and piece.words[right + 1] >= 0:
        right += 1
    base = (i % SLOTS) * 2 * draws.window
    count = 0
    for j in range(left, right + 1):
        if j == i:
            continue
        row = row_of(rows, piece.words[j])
        # Two updates of one row in a block would overwrite each other, so a repeated context counts twice instead.
        place = count if draws.fresh else _find(batch.contexts, base, count, row)
        if place == count:
            batch.contexts[base + count] = row
            batch.repeats[base + count] = np.float32(0.0)
            count += 1
        batch.repeats[base + place] += np.float32(1.0)
    sizes.contexts[i % SLOTS] = count
    return right - left


@kernel(inline="always")
def _gather_targets(
    centre: int, bits: np.uint64, group: int, number: int, rows: npt.NDArray[np.int32], draws: Draws, batch: Batch
) -> int:
    base = number * (draws.negative + 1)
    batch.targets[base] = row_of(rows, centre)
    batch.positives[base] = batch.totals[base] = np.float32(1.0)
    count = 1
    for draw in range(draws.negative):
        row = row_of(rows, noise_word(draws, bits, group * draws.negative + draw))
        # A draw that equals the centre counts as noise like any other: the optimum is then PMI - log k exactly.
        # word2vec skips it, which moves the optimum by -log(1 - p(centre | context)).
        place = _find(batch.targets, base, count, row)
        if place == count:
            batch.targets[base + count] = row
            batch.positives[base + count] = batch.totals[base + count] = np.float32(0.0)
            count += 1
        batch.totals[base + place] += np.float32(1.0)
    return count


@kernel(inline="always")
def _find(rows: npt.NDArray[np.int64], base: int, count: int, row: int) -> int:
    for place in range(count):
        if rows[base + place] == row:
            return place
    return count
