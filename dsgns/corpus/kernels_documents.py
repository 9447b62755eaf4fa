"""Kernels that find the ends of documents and send documents where they belong.

In text that has been *marked* a line feed is the end of a document and nothing else is. A line feed
inside a document is written as a vertical tab, white space all the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel

LINE_FEED = np.uint8(10)
VERTICAL_TAB = np.uint8(11)
SPACE = np.uint8(32)

USED, HELD_OUT, FILTERED = 0, 1, 2


class Choice(NamedTuple):
    """How it is decided where the documents of one source go."""

    source: int
    """The source's position in the corpus."""
    threshold: np.uint64
    """A document whose hash is below this is held out."""
    dropped: np.ndarray
    """Sorted offsets, int64, at which the documents begin that are filtered."""


@kernel
def hide_line_feeds(data: np.ndarray, size: int) -> None:
    """Write vertical tabs for the line feeds among the first ``size`` bytes of ``data``, uint8, in place."""
    for at in range(size):
        data[at] = VERTICAL_TAB if data[at] == LINE_FEED else data[at]


@kernel
def mark_blank_lines(data: np.ndarray, size: int, state: np.ndarray) -> None:
    """Leave a line feed only at the first blank line after some text; in place.

    Parameters
    ----------
    data
        Text, uint8; its first ``size`` bytes are marked.
    state
        uint8, shape (2,): whether a document is open, and whether the line has been blank so far.
        Carried from one call to the next.
    """
    inside, blank = state[0], state[1]
    for at in range(size):
        if data[at] == LINE_FEED:
            if inside and blank:
                inside = np.uint8(0)
            else:
                data[at] = VERTICAL_TAB
            blank = np.uint8(1)
        elif data[at] > SPACE:
            inside, blank = np.uint8(1), np.uint8(0)
    state[0], state[1] = inside, blank


@kernel
def last_blank_line(data: np.ndarray, size: int, state: np.ndarray) -> int:
    """Position after the last byte that :func:`mark_blank_lines` would leave as a line feed; 0 for none."""
    inside, blank, last = state[0], state[1], 0
    for at in range(size):
        if data[at] == LINE_FEED:
            if inside and blank:
                inside, last = np.uint8(0), at + 1
            blank = np.uint8(1)
        elif data[at] > SPACE:
            inside, blank = np.uint8(1), np.uint8(0)
    state[0], state[1] = inside, blank
    return last


@kernel
def destination(choice: Choice, document: int) -> int:
    """Where the document of a source that begins at this offset goes."""
    place = np.searchsorted(choice.dropped, document)
    if place < choice.dropped.size and choice.dropped[place] == document:
        return FILTERED
    return HELD_OUT if _mixed(choice.source, document) < choice.threshold else USED


@kernel
def _mixed(source: int, document: int) -> np.uint64:
    """64 well-mixed bits of a place: splitmix64 (Steele, Lea & Flood 2014) over both numbers."""
    bits = np.uint64(document) + np.uint64(source + 1) * np.uint64(0x9E3779B97F4A7C15)
    for _ in range(2):
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
    return bits


@kernel
def route(data: np.ndarray, size: int, offset: int, document: int, choice: Choice, streams: np.ndarray) -> tuple:
    """Copy each document of marked text to the stream that it belongs to.

    Parameters
    ----------
    data
        Marked text, uint8; its first ``size`` bytes are copied.
    offset
        Of ``data[0]`` in its source.
    document
        Where the document began that ``data[0]`` is in.
    streams
        uint8, shape (3, at least size): used, held out, filtered; overwritten from their beginning.

    Returns
    -------
    tuple
        The sizes of the three streams, and where the document began that is open at the end.
    """
    sizes = np.zeros(3, np.int64)
    start = 0
    while start < size:
        stop = start
        while stop < size and data[stop] != LINE_FEED:
            stop += 1
        stop = min(stop + 1, size)
        goes = destination(choice, document)
        end = sizes[goes] + stop - start
        streams[goes, sizes[goes] : end] = data[start:stop]
        sizes[goes] = end
        if data[stop - 1] == LINE_FEED:
            document = offset + stop
        start = stop
    return sizes[0], sizes[1], sizes[2], document
