"""The pairs of one centre position: its contexts, its own word and its noise words.

Training, the loss and the replay of which rows a chunk touches all call :func:`gather`, so they see the same
draws. In word2vec's skip-gram the context's vector is the input and the centre word the one to predict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.intrinsics import prefetch
from dsgns.sgns.kernels.batch import Batch
from dsgns.sgns.kernels.draws import Draws, bits_at, noise_slot, noise_word, reach_of, stays

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
def gather(piece: Piece, i: int, maps: RowMaps, draws: Draws, batch: Batch) -> int:
    """Fill slot ``i % SLOTS`` with the pairs of the centre ``piece.words[i]``; returns their number."""
    slot = i % SLOTS
    centre = piece.words[i]
    pairs = 0
    if centre >= 0:
        bits = bits_at(draws.key, piece.start + piece.offsets[i])
        pairs = _gather_contexts(piece, i, reach_of(draws, bits), maps.inputs, draws, batch)
        for group in range(pairs if draws.fresh else min(pairs, 1)):
            place = (slot * 2 * draws.window + group) * (draws.negative + 1)
            batch.targets[place] = row_of(maps.outputs, centre)
            for draw in range(draws.negative):
                # A draw that equals the centre counts as noise like any other: the optimum is then PMI - log k
                # exactly. word2vec skips it, which moves the optimum by -log(1 - p(centre | context)).
                word = noise_word(draws, bits, group * draws.negative + draw)
                batch.targets[place + 1 + draw] = row_of(maps.outputs, word)
    batch.sizes[slot] = pairs
    return pairs


@kernel(inline="always")
def fetch_noise(piece: Piece, i: int, draws: Draws) -> None:
    """Ask for the entries of the alias table that :func:`gather` will look up for a centre.

    They lie anywhere in a table that no near cache holds. To draw them twice costs less than to wait for them.
    """
    if i < piece.last and piece.words[i] >= 0:
        bits = bits_at(draws.key, piece.start + piece.offsets[i])
        for number in range((2 * reach_of(draws, bits) if draws.fresh else 1) * draws.negative):
            prefetch(draws.noise, noise_slot(draws, bits_at(bits, number)))


@kernel(inline="always")
def _gather_contexts(piece: Piece, i: int, reach: int, rows: npt.NDArray[np.int32], draws: Draws, batch: Batch) -> int:
    """The words within reach, to the left and then to the right, the nearest first; returns their number.

    How far a window reaches is random, so a processor cannot foresee where a loop over it ends, which costs more
    than copying ``window`` words to each side, of which what follows overwrites those beyond reach.
    """
    base, window = (i % SLOTS) * 2 * draws.window, draws.window
    if _is_amid(piece.words, i, window):
        for step in range(window):
            batch.contexts[base + step] = row_of(rows, piece.words[i - 1 - step])
        for step in range(window):
            batch.contexts[base + reach + step] = row_of(rows, piece.words[i + 1 + step])
        return 2 * reach
    place = base
    for side in (-1, 1):
        j = i + side
        while 0 <= j < piece.words.size and piece.words[j] >= 0 and abs(j - i) <= reach:
            batch.contexts[place] = row_of(rows, piece.words[j])
            place += 1
            j += side
    return place - base


@kernel(inline="always")
def _is_amid(words: npt.NDArray[np.int32], i: int, window: int) -> bool:
    """Whether the largest window around a word lies within its document."""
    if i < window or i + window >= words.size:
        return False
    least = words[i]
    for j in range(i - window, i + window + 1):
        least = min(least, words[j])
    return bool(least >= 0)
