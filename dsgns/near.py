"""What words were seen near, looked up word by word: of a long text that is more than memory should hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dsgns.pair_sums import Sums


class Near(Mapping[str, dict[str, float]]):
    """For each word the words near it and their summed weights; words near none are left out.

    Parameters
    ----------
    names
        Of all words, by row.
    rows
        Of those asked for.
    sums
        Integer weights by ``row * len(names) + context``.
    scale
        What they are to be divided by.

    Examples
    --------
    >>> near = Near(["a", "b", "c"], [2, 0], Sums(np.array([6, 7]), np.array([4, 6])), scale=4)
    >>> near == {"c": {"a": 1.0, "b": 1.5}}
    True
    """

    def __init__(self, names: Sequence[str], rows: Sequence[int], sums: Sums, scale: int) -> None:
        self._names, self._sums, self._scale = names, sums, scale
        first = np.array(rows, np.int64) * len(names)
        starts, stops = (np.searchsorted(sums.keys, bound) for bound in (first, first + len(names)))
        spans = zip(rows, starts.tolist(), stops.tolist(), strict=True)
        self._spans = {names[row]: (start, stop) for row, start, stop in spans if stop > start}

    def __getitem__(self, word: str) -> dict[str, float]:
        start, stop = self._spans[word]
        others = (self._sums.keys[start:stop] % len(self._names)).tolist()
        weights = (self._sums.totals[start:stop] / self._scale).tolist()
        return {self._names[other]: weight for other, weight in zip(others, weights, strict=True)}

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)
