"""Integers as bytes, seven bits at a time, lowest first; the top bit says that more follow (LEB128)."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

LONGEST = 10
"""Bytes of the largest uint64."""


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
