"""Random draws keyed by (seed, epoch, token position).

There is no generator state: every draw is a hash of where it is used, so any part of a training can be replayed
alone, and results do not depend on how the corpus was cut. The hash is SplitMix64 (Steele, Lea & Flood 2014,
"Fast splittable pseudorandom number generators").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Draws(NamedTuple):
    """What the draws of one pass over the corpus depend on.

    Parameters
    ----------
    key
        From :func:`key_of`.
    window
        Largest window.
    negative
        Noise words for each pair, or for each position.
    fresh
        Whether every pair of a position has noise words of its own.
    keep
        uint32 per word: the word stays when 32 random bits are not above this.
    noise
        uint64 per word: the alias table of the noise distribution.
    """

    key: np.uint64
    window: int
    negative: int
    fresh: bool
    keep: npt.NDArray[np.uint32]
    noise: npt.NDArray[np.uint64]


@kernel(inline="always")
def mix(x: np.uint64) -> np.uint64:
    """64 random bits from 64 that are not."""
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@kernel(inline="always")
def bits_at(key: np.uint64, number: int) -> np.uint64:
    """The ``number``-th 64 random bits under a key."""
    return mix(key + (np.uint64(number) + np.uint64(1)) * _GOLDEN)


def key_of(seed: int, stream: int) -> np.uint64:
    """The key of one stream of draws, such as an epoch's."""
    key = np.uint64(0)
    for number in (seed, stream):
        # Numba hands back a Python integer, which it would take for a signed one on the way in.
        key = np.uint64(bits_at(key, np.uint64(number % 2**64)))
    return key


@kernel(inline="always")
def stays(draws: Draws, bits: np.uint64, word: int) -> bool:
    """Whether subsampling keeps a word at the position with these bits."""
    return bool((bits >> _HALF) <= np.uint64(draws.keep[word]))


@kernel(inline="always")
def reach_of(draws: Draws, bits: np.uint64) -> int:
    """The position's own window, uniform in 1 .. ``window``."""
    return 1 + int(((bits & _LOW) * np.uint64(draws.window)) >> _HALF)


@kernel(inline="always")
def noise_slot(draws: Draws, drawn: np.uint64) -> int:
    """The entry of the alias table that a draw looks up."""
    return int(((drawn >> _HALF) * np.uint64(draws.noise.size)) >> _HALF)


@kernel(inline="always")
def noise_word(draws: Draws, bits: np.uint64, number: int) -> int:
    """The ``number``-th noise word of the position with these bits (Walker's alias method)."""
    drawn = bits_at(bits, number)
    slot = noise_slot(draws, drawn)
    entry = draws.noise[slot]
    if (drawn & _LOW) < (entry >> _HALF):
        return slot
    return int(entry & _LOW)
