"""Reading the corpus piece by piece, each with the neighbours its windows need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dsgns.sgns.kernels.draws import Draws
from dsgns.sgns.kernels.positions import Piece, subsample

PIECE_TOKENS = 1 << 20
"""Tokens read at a time: about a second of training."""

_HALO = 256


class Stream(Protocol):
    """The encoded corpus: word ids with -1 after each document."""

    @property
    def length(self) -> int:
        """Number of ids, separators included."""

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids from position ``start`` to ``stop``."""


@dataclass(frozen=True)
class ArrayStream:
    """A corpus that is an int32 array."""

    ids: npt.NDArray[np.int32]

    @property
    def length(self) -> int:
        """Number of ids, separators included."""
        return self.ids.size

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids from position ``start`` to ``stop``."""
        return self.ids[start:stop]


def pieces(stream: Stream, start: int, stop: int, draws: Draws) -> Iterator[Piece]:
    """The tokens ``start`` to ``stop`` as pieces; every position is the centre of exactly one."""
    for begin in range(start, stop, PIECE_TOKENS):
        yield read_piece(stream, begin, min(begin + PIECE_TOKENS, stop), draws)


def read_piece(stream: Stream, start: int, stop: int, draws: Draws) -> Piece:
    """The tokens ``start`` to ``stop`` after subsampling, as centres, with the neighbours their windows reach.

    A window counts the words that survive subsampling, so how far it reaches in the corpus is known only after
    reading: the margin doubles until it holds a whole window, or the end of a document, on both sides.
    """
    halo = _HALO
    while True:
        begin, end = max(0, start - halo), min(stream.length, stop + halo)
        ids = stream.read(begin, end)
        words, offsets = np.empty(ids.size, np.int32), np.empty(ids.size, np.int32)
        kept = subsample(ids, begin, draws, words, offsets)
        first, last = np.searchsorted(offsets[:kept], (start - begin, stop - begin))
        before, after = words[:first], words[last:kept]
        if (begin == 0 or _fills(before, draws.window)) and (end == stream.length or _fills(after, draws.window)):
            return _piece(
                ids[start - begin : stop - begin], words[:kept], offsets[:kept], (int(first), int(last)), begin
            )
        halo *= 2


def _piece(
    own: npt.NDArray[np.int32],
    words: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int32],
    centres: tuple[int, int],
    begin: int,
) -> Piece:
    dropped = np.count_nonzero(own >= 0) - np.count_nonzero(words[slice(*centres)] >= 0)
    return Piece(words, offsets, *centres, begin, own.size, int(dropped))


def _fills(words: npt.NDArray[np.int32], window: int) -> bool:
    return words.size >= window or bool((words < 0).any())
