"""Sums of more keys than memory should hold: sorted runs in files that have no name, merged at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from dsgns.phrases.pairs import added_up

HELD = 1 << 22
"""Keys that are held in memory, about; each takes 16 bytes, and as much again while they are sorted."""


class Sums(NamedTuple):
    """Keys and their sums.

    Parameters
    ----------
    keys : shape (n,), int64
        Rising, each once.
    totals : shape (n,), int64
    """

    keys: np.ndarray
    totals: np.ndarray


class PairSums:
    """Adds up weights by key.

    Parameters
    ----------
    held
        How many keys may be held.

    Examples
    --------
    >>> sums = PairSums(held=2)
    >>> for keys, weights in ([3, 1], [1, 1]), ([1, 2], [5, 1]), ([9], [4]):
    ...     sums.add(np.array(keys), np.array(weights))
    >>> found = sums.merged()
    >>> found.keys.tolist(), found.totals.tolist()
    ([1, 2, 3, 9], [6, 1, 1, 4])
    """

    def __init__(self, held: int = HELD) -> None:
        self._held, self._most, self._size = list[Sums](), held, 0
        self._runs: list[Sums] = []

    def add(self, keys: np.ndarray, weights: np.ndarray) -> None:
        """Add a weight to each key, shape (n,), int64; a key may be there several times."""
        self._held.append(Sums(keys, weights))
        self._size += len(keys)
        if self._size > self._most:
            self._held = [_summed(self._held)]
            self._size = len(self._held[0].keys)
            # Where most keys come again and again, adding them up is enough.
            if self._size > self._most // 2:
                self._spill()

    def merged(self) -> Sums:
        """All sums; of more keys than may be held, in memory maps. Nothing can be added after that."""
        if not self._runs:
            return _summed(self._held)
        self._spill()
        with _temporary() as keys, _temporary() as totals:
            for part in _merge(self._runs, max(1, self._most // len(self._runs))):
                keys.write(part.keys.tobytes())
                totals.write(part.totals.tobytes())
            return Sums(_mapped(keys), _mapped(totals))

    def _spill(self) -> None:
        """Write what is held as a run; nothing is held then."""
        run = _summed(self._held)
        self._held, self._size = [], 0
        if len(run.keys):
            with _temporary() as keys, _temporary() as totals:
                keys.write(run.keys.tobytes())
                totals.write(run.totals.tobytes())
                self._runs.append(Sums(_mapped(keys), _mapped(totals)))


def _summed(parts: list[Sums]) -> Sums:
    """The sums of several parts, whose keys are in any order."""
    keys = np.concatenate([np.empty(0, np.int64), *(part.keys for part in parts)])
    return Sums(*added_up(keys, np.concatenate([np.empty(0, np.int64), *(part.totals for part in parts)])))


def _merge(runs: list[Sums], step: int) -> Iterator[Sums]:
    """Parts of the sums of sorted runs, ``step`` keys of each in memory at a time."""
    at = [0] * len(runs)
    while any(start < len(run.keys) for start, run in zip(at, runs, strict=True)):
        shown = [run.keys[start : start + step] for start, run in zip(at, runs, strict=True)]
        # Beyond the end of what is seen of a run, it may have keys that the others have as well.
        ends = [keys[-1] for start, run, keys in zip(at, runs, shown, strict=True) if start + step < len(run.keys)]
        taken = [int(np.searchsorted(keys, min(ends), "right")) if ends else len(keys) for keys in shown]
        stops = [start + number for start, number in zip(at, taken, strict=True)]
        yield _summed([Sums(run.keys[a:b], run.totals[a:b]) for run, a, b in zip(runs, at, stops, strict=True)])
        at = stops


def _temporary() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="dsgns-"))


def _mapped(file: BinaryIO) -> np.ndarray:
    """What was written to a file as a memory map, which outlives the file."""
    file.flush()
    return np.memmap(file, np.int64, mode="r")
