"""Token ranges as padded runs, ready to be counted in a fixed amount of memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns.cooccurrence.kernels_index import (
    AHEAD,
    SEPARATOR,
    Occurrences,
    count_words,
    index_positions,
    pad_tokens,
)
from dsgns.cooccurrence.memory import PIECE
from dsgns.errors import CorruptBlockError
from dsgns.tokens.stream import TokenStream


def padded_runs(
    tokens: TokenStream,
    start: int,
    stop: int,
    window: int,
    capacity: int,
    words: slice = slice(None),
    counts: np.ndarray | None = None,
) -> Iterator[Occurrences]:
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
    words, counts
        Which words are to be centres, and how often each word is in a run, int64; all, counted here, unless told.

    Yields
    ------
    Occurrences
        Overwritten by the next one.

    Raises
    ------
    CorruptBlockError
        If a word is in the stream more or less often than that.
    """
    dead = tokens.vocabulary_size
    slots = np.empty(capacity + 2 * window, np.int32)
    positions = np.empty((capacity if counts is None else int(counts[words].sum())) + AHEAD, np.int32)
    while start < stop:
        slots[:window] = _halo(tokens.read(max(0, start - window), start)[::-1], window, dead)[::-1]
        start, filled = _fill(tokens, start, stop, slots[: capacity + window], window)
        slots[filled : filled + window] = _halo(tokens.read(start, min(start + window, tokens.length)), window, dead)
        yield index_words(slots, range(window, filled), dead, words, counts, positions)


def index_words(
    slots: np.ndarray,
    between: range,
    dead: int,
    words: slice = slice(None),
    counts: np.ndarray | None = None,
    positions: np.ndarray | None = None,
) -> Occurrences:
    """Where each of some words stands in ``slots``, int32, between two halos.

    Parameters
    ----------
    slots
        Ids, and ``dead`` where there is none, int32.
    between
        The slots that may be centres.
    words
        Those asked for.
    counts
        How often each word is there, int64; counted here unless told.
    positions
        Overwritten if given; int32, at least ``AHEAD`` longer than the words asked for are often there.

    Raises
    ------
    CorruptBlockError
        If one that is asked for is there more or less often.
    """
    if counts is None:
        counts = np.empty(dead + 1, np.int64)
        count_words(slots, between.start, between.stop, counts)
    starts = np.zeros(dead + 1, np.int64)
    starts[1:][words] = counts[:dead][words]
    np.cumsum(starts, out=starts)
    total, cursors = int(starts[-1]), starts[:-1][words].astype(np.int32)
    positions = (np.empty(total + AHEAD, np.int32) if positions is None else positions)[: total + AHEAD]
    first = np.uint32(words.indices(dead)[0])
    found = index_positions(slots, between.start, between.stop, first, cursors, positions)
    if found != total or not np.array_equal(cursors, starts[1:][words]):
        raise CorruptBlockError(
            f"Words that the vocabulary counts {total:,} times are {found:,} times in the tokens, or others of them. "
            "Delete both and run the same command again."
        )
    return Occurrences(slots, positions, starts)


def _fill(tokens: TokenStream, start: int, stop: int, slots: np.ndarray, window: int) -> tuple[int, int]:
    """Pad tokens into ``slots`` after the first halo until it or the range is used up; where both stand then."""
    filled = window
    while start < stop:
        ids = tokens.read(start, min(start + PIECE, tokens.chunk_end(start), stop))
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
