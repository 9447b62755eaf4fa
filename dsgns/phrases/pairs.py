"""Pairs of words counted in little memory: sorted, added up, and written out whenever there are many."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dsgns.phrases.kernels import write_pairs
from dsgns.vocabulary.kernels_table import BUCKETS

MOST_PAIRS = 1 << 22
"""How many pairs are held before they are added up and handed on."""

_SHIFT = np.uint64(64 - (BUCKETS.bit_length() - 1))


class CountedPairs(NamedTuple):
    """Pairs and how often each was seen, by rising key."""

    keys: np.ndarray
    """uint64: see :func:`dsgns.phrases.kernels.pair_key`."""
    counts: np.ndarray
    """uint32 or int64."""
    before: np.ndarray
    """int64, shape (BUCKETS + 1,): how many keys there are before each bucket, of as many equal ranges of keys."""


class PairCounter:
    """Neighbours counted.

    Parameters
    ----------
    partners
        As for :func:`~dsgns.phrases.kernels.write_pairs`.
    spill
        Takes what was counted, whenever there is too much of it.
    """

    def __init__(self, partners: np.ndarray, spill: Callable[[CountedPairs], None]) -> None:
        self._partners, self._spill = partners, spill
        self._keys = np.empty(MOST_PAIRS, np.uint64)
        self._held, self._before = 0, -1

    def add(self, ids: np.ndarray) -> None:
        """Count the pairs of some more words, int32, the first of which follows the last one there was."""
        for start in range(0, ids.size, MOST_PAIRS // 4):
            some = ids[start : start + MOST_PAIRS // 4]
            if self._held + some.size > MOST_PAIRS:
                self._spill(self.take())
            self._held += write_pairs(some, self._before, self._partners, self._keys[self._held :])
            self._before = int(some[-1])

    def part(self) -> None:
        """No pair reaches from what there was to what comes."""
        self._before = -1

    def take(self) -> CountedPairs:
        """What was counted since the last time."""
        keys, self._held = self._keys[: self._held], 0
        keys.sort()
        firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: keys.size])
        counts = np.diff(np.append(firsts, keys.size)).astype(np.uint32)
        return CountedPairs(keys[firsts], counts, buckets_of(keys[firsts]))


def buckets_of(keys: np.ndarray) -> np.ndarray:
    """How many of some rising keys there are before each bucket, int64, shape (BUCKETS + 1,)."""
    bounds = np.arange(BUCKETS, dtype=np.uint64) << _SHIFT
    return np.append(np.searchsorted(keys, bounds), keys.size).astype(np.int64)


def added_up(keys: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Different keys by rising value, and the sums of their counts, int64."""
    order = np.argsort(keys)
    keys = keys[order]
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: keys.size])
    sums = np.add.reduceat(counts[order].astype(np.int64), firsts) if keys.size else np.empty(0, np.int64)
    return keys[firsts], sums
