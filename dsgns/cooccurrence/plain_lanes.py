"""The lane operations as plain loops."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

# Bit i of a 64-bit word, isolated, times this de Bruijn constant has a different top six bits for every i.
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_AT = np.empty(64, np.int64)
_BIT_AT[[((0x03F79D71B4CB0A89 << bit) & (2**64 - 1)) >> 58 for bit in range(64)]] = np.arange(64)


@kernel
def prefetch(values: np.ndarray, index: int) -> None:
    """Nothing: there is no plain way to ask for a cache line without waiting for it."""


@kernel
def nonzero16(values: np.ndarray, start: int) -> int:
    """Mask whose bit i says that ``values[start + i]`` is not zero, for i below 16."""
    mask = np.int64(0)
    for lane in range(16):
        mask |= np.int64(values[start + lane] != 0) << lane
    return int(mask)


@kernel
def nonzero64(flags: np.ndarray, start: int) -> int:
    """Mask whose bit i says that ``flags[start + i]`` is not zero, for i below 64."""
    mask = np.int64(0)
    for lane in range(64):
        mask |= np.int64(flags[start + lane] != 0) << lane
    return int(mask)


@kernel
def lowest_bit(mask: int) -> int:
    """Number of the lowest bit set in a mask; 64 when there is none."""
    if mask == 0:
        return 64
    isolated = np.uint64(mask & -mask)
    return _BIT_AT[(isolated * _DE_BRUIJN) >> np.uint64(58)]


@kernel
def count_bits(mask: int) -> int:
    """How many bits are set in a mask."""
    bits = 0
    while mask != 0:
        mask &= mask - 1
        bits += 1
    return bits


@kernel
def load_word(stream: np.ndarray, at: int) -> int:
    """The four bytes at ``stream[at]``, the first one lowest, as an int64."""
    word = np.int64(0)
    for byte in range(4):
        word |= np.int64(stream[at + byte]) << (8 * byte)
    return int(word)


@kernel
def store_word(stream: np.ndarray, at: int, word: int) -> None:
    """Write the low four bytes of ``word`` to ``stream[at]``, the lowest first."""
    for byte in range(4):
        stream[at + byte] = np.uint8((word >> (8 * byte)) & 255)
