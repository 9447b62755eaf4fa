"""Token ranges as padded runs, ready to be counted in a fixed amount of memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns.cooccurrence.kernels_index import AHEAD, SEPARATOR, Occurrences, index_positions, pad_tokens
from dsgns.cooccurrence.memory import PIECE
from dsgns.tokens.stream import TokenStream


def padded_runs(tokens: TokenStream, start: int, stop: int, window: int, capacity: int) -> Iterator[Occurrences]:
    """The tokens from ``start`` to ``stop`` of the stream, indexed, in as many runs as ``capacity`` asks for.

    Every token of the range is a centre in exactly one run, and sees exactly what it would see in the whole
    stream: up to ``window`` tokens on either side, of its own document, whether in the range or not.

    Parameters
    ----------
    tokens
        The whole stream.
    start, stop
        Range of the stream, separators counted.
    window
        Most tokens between a word and its context.
    capacity
        Slots of a run: one a token, ``window`` for each end of a document. More than ``window``.

    Yields
    ------
    Occurrences
        Overwritten by the next one.
    """
    dead = tokens.vocabulary_size
    slots = np.empty(capacity + 2 * window, np.int32)
    positions = np.empty(capacity + AHEAD, np.int32)
    starts = np.empty(dead + 1, np.int64)
    while start < stop:
        slots[:window] = _halo(tokens.read(max(0, start - window), start)[::-1], window, dead)[::-1]
        start, filled = _fill(tokens, start, stop, slots[: capacity + window], window)
        slots[filled : filled + window] = _halo(tokens.read(start, min(start + window, tokens.length)), window, dead)
        index_positions(slots, window, filled, starts, positions)
        yield Occurrences(slots, positions, starts)


def _fill(tokens: TokenStream, start: int, stop: int, slots: np.ndarray, window: int) -> tuple[int, int]:
    """Pad tokens into ``slots`` after the first halo until it or the range is used up; where both stand then."""
    filled = window
    while start < stop:
        ids = tokens.read(start, min(start + PIECE, stop))
        taken, filled = pad_tokens(ids, slots, filled, tokens.vocabulary_size, window)
        start += taken
        if taken < len(ids):
            break
    return start, filled


def _halo(ids: np.ndarray, window: int, dead: int) -> np.ndarray:
    """The tokens up to the first separator, then dead slots: ``window`` in all."""
    ends = np.flatnonzero(ids == SEPARATOR)
    halo = np.full(window, dead, np.int32)
    seen = ids[: ends[0]] if len(ends) else ids
    halo[: len(seen)] = seen
    return halo
