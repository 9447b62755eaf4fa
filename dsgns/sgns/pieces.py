"""Reading the corpus piece by piece, each with the neighbours its windows need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dsgns.sgns.kernels.draws import Draws
from dsgns.sgns.kernels.positions import Piece, subsample

PIECE_TOKENS = 1 << 17
"""Centres handed to a kernel at a time: what survives of them stays in the second-level cache."""

READ_TOKENS = 1 << 20
"""Most tokens read at a time: a chunk of the encoded corpus, which can only be decoded whole."""

_HALO = 256


class Stream(Protocol):
    """The encoded corpus: word ids with -1 after each document."""

    @property
    def length(self) -> int:
        """Number of ids, separators included."""

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids from position ``start`` to ``stop``."""

    def chunk_end(self, position: int) -> int:
        """Up to where a read from this position costs no more than reading the position alone."""


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

    def chunk_end(self, position: int) -> int:
        """As far as is read at a time."""
        return min(self.length, (position // READ_TOKENS + 1) * READ_TOKENS)


class Tape:
    """A stream that is read onwards: each chunk once, the rest from memory.

    Parameters
    ----------
    stream
        What is read.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._begin = 0
        # What is left of earlier chunks, and the last chunk as it was read.
        self._tail = self._chunk = np.empty(0, np.int32)

    def view(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids from ``start`` to ``stop``; what lies before ``start`` may have to be read again after this."""
        if not self._begin <= start <= self._begin + self._tail.size + self._chunk.size:
            self._begin = start
            self._tail = self._chunk = np.empty(0, np.int32)
        while (end := self._begin + self._tail.size + self._chunk.size) < stop:
            # All but what is still needed goes before the next chunk comes.
            self._begin, self._tail, self._chunk = start, self._slice(start, end).copy(), self._tail[:0]
            self._chunk = self.stream.read(end, self.stream.chunk_end(end))
        return self._slice(start, stop)

    def _slice(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        first, last = start - self._begin, stop - self._begin
        middle = self._tail.size
        if first >= middle:
            return self._chunk[first - middle : last - middle]
        return np.concatenate((self._tail[first:last], self._chunk[: max(0, last - middle)]))


def pieces(stream: Stream, start: int, stop: int, draws: Draws) -> Iterator[Piece]:
    """The tokens ``start`` to ``stop`` as pieces; every position is the centre of exactly one."""
    tape = Tape(stream)
    for begin in range(start, stop, PIECE_TOKENS):
        yield read_piece(tape, begin, min(begin + PIECE_TOKENS, stop), draws)


def read_piece(tape: Tape, start: int, stop: int, draws: Draws) -> Piece:
    """The tokens ``start`` to ``stop`` after subsampling, as centres, with the neighbours their windows reach.

    A window counts the words that survive subsampling, so how far it reaches in the corpus is known only after
    reading: the margin doubles until it holds a whole window, or the end of a document, on both sides.
    """
    halo, length = _HALO, tape.stream.length
    while True:
        begin, end = max(0, start - halo), min(length, stop + halo)
        ids = tape.view(begin, end)
        words, offsets = np.empty(ids.size, np.int32), np.empty(ids.size, np.int32)
        kept = subsample(ids, begin, draws, words, offsets)
        first, last = np.searchsorted(offsets[:kept], (start - begin, stop - begin))
        before, after = words[:first], words[last:kept]
        if (begin == 0 or _fills(before, draws.window)) and (end == length or _fills(after, draws.window)):
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
