"""Integers as bytes, seven bits at a time, lowest first; the top bit says that more follow (LEB128)."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.cooccurrence.lanes import load_word, store_word
from dsgns.intrinsics import PLAIN, lowest_bit

LONGEST = 10
"""Bytes of the largest uint64."""

LARGEST_GAP = (1 << 28) - 1
"""The largest value of :func:`put_gap`: four bytes of seven bits."""


@kernel(inline="always")
def put_varint(stream: np.ndarray, at: int, value: np.uint64) -> int:
    """Write ``value`` at ``stream[at]``; where the next one goes."""
    while value >= np.uint64(128):
        stream[at] = np.uint8(value | np.uint64(128))
        value >>= np.uint64(7)
        at += 1
    stream[at] = np.uint8(value)
    return at + 1


@kernel(inline="always")
def take_varint(stream: np.ndarray, at: int) -> tuple[np.uint64, int]:
    """The value at ``stream[at]``, and where the next one is.

    Never reads more than ten bytes, whatever they hold.
    """
    byte = np.uint64(stream[at])
    value = byte & np.uint64(127)
    shift = np.uint64(7)
    at += 1
    while byte >= np.uint64(128) and shift < np.uint64(70):
        byte = np.uint64(stream[at])
        value |= (byte & np.uint64(127)) << shift
        shift += np.uint64(7)
        at += 1
    return value, at


@kernel(inline="always", cache=not PLAIN)
def put_gap(stream: np.ndarray, at: int, gap: int) -> int:
    """:func:`put_varint` of up to ``LARGEST_GAP`` without a branch; overwrites four bytes.

    The gaps of a sparse row take one byte or two with no pattern, so branches on it are mispredicted.
    """
    pairs = (gap & 0x3FFF) | ((gap & 0xFFFC000) << 2)
    spread = (pairs & 0x7F007F) | ((pairs & 0x3F803F80) << 1)
    more = (gap > 0x7F) * 0x80 + (gap > 0x3FFF) * 0x8000 + (gap > 0x1FFFFF) * 0x800000
    store_word(stream, at, spread | more)
    return at + 1 + (gap > 0x7F) + (gap > 0x3FFF) + (gap > 0x1FFFFF)


@kernel(inline="always", cache=not PLAIN)
def take_gap(stream: np.ndarray, at: int) -> tuple[int, int]:
    """:func:`take_varint` of up to ``LARGEST_GAP`` without a branch; reads four bytes, and anything else wrongly."""
    word = load_word(stream, at)
    last = lowest_bit((~word & 0x80808080) | 0x100000000)
    spread = word & ((1 << last) - 1)
    pairs = (spread & 0x7F007F) | ((spread & 0x7F007F00) >> 1)
    return (pairs & 0x3FFF) | ((pairs & 0x3FFF0000) >> 2), at + (last >> 3) + 1
