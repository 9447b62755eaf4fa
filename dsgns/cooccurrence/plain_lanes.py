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
    """Number of the lowest bit set in a mask that is not zero."""
    isolated = np.uint64(mask & -mask)
    return _BIT_AT[(isolated * _DE_BRUIJN) >> np.uint64(58)]
