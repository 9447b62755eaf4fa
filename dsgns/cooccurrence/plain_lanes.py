"""The lane operations as plain loops."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel


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
