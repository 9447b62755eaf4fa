"""What a pair of tokens counts for, as exact integers with one scale for all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dsgns.errors import ParameterError
from dsgns.parameters import CountsParameters

_LIMIT = 2**64


@dataclass(frozen=True)
class WindowWeights:
    """Integer weights by distance; the weight meant is ``values[distance - 1] / scale``.

    Integers make sums exact and so independent of their order: float32 sums of harmonic weights were off by
    5e-4 and differed between a forward and a backward pass over the same text.

    Parameters
    ----------
    values
        Weight of a pair at distance 1, 2, ... up to the window.
    scale
        What to divide by.
    """

    values: tuple[int, ...]
    scale: int

    @property
    def window(self) -> int:
        """Most tokens between a word and its context, on either side."""
        return len(self.values)

    @property
    def reach(self) -> int:
        """The most that one occurrence of a word can add to a cell of its row."""
        return 2 * sum(self.values)

    def narrow_occurrences(self) -> int:
        """Occurrences up to which no cell of a word's row can exceed uint32."""
        return (2**32 - 1) // self.reach

    def overflows(self, occurrences: np.ndarray) -> bool:
        """Whether a cell in the row of a word that occurs so often, shape (words,), could exceed uint32."""
        return int(occurrences.max(initial=0)) > self.narrow_occurrences()

    def as_scalars(self, dtype: type[np.uint32] | type[np.uint64]) -> tuple[np.unsignedinteger, ...]:
        """The weights as a tuple of NumPy scalars: its length is part of its type, so that kernels unroll."""
        return tuple(dtype(value) for value in self.values)

    def require_exact(self, occurrences: int) -> None:
        """Refuse a corpus whose most frequent word could overflow uint64.

        Raises
        ------
        ParameterError
            With what would count exactly.
        """
        if occurrences * self.reach >= _LIMIT:
            raise ParameterError(
                f"window is {self.window} with harmonic weights: their common denominator {self.scale} times "
                f"{occurrences:,} occurrences of the most frequent word exceeds 64 bits; "
                "choose a window of at most 22, or the dynamic or flat weighting."
            )


def window_weights(parameters: CountsParameters) -> WindowWeights:
    """The integer weights and their scale for a window.

    ``flat`` weighs every distance 1. ``dynamic`` weighs distance d (L + 1 - d) / L: the expectation of
    word2vec's window, drawn uniformly from 1..L for each position (Mikolov et al. 2013). ``harmonic`` weighs
    it 1 / d (Pennington, Socher & Manning 2014), on the common denominator lcm(1..L).

    Examples
    --------
    >>> window_weights(CountsParameters(window=5, weighting="harmonic"))
    WindowWeights(values=(60, 30, 20, 15, 12), scale=60)
    >>> window_weights(CountsParameters(window=3, weighting="dynamic"))
    WindowWeights(values=(3, 2, 1), scale=3)
    """
    window = parameters.window
    distances = range(1, window + 1)
    if parameters.weighting == "flat":
        return WindowWeights((1,) * window, 1)
    if parameters.weighting == "dynamic":
        return WindowWeights(tuple(window + 1 - distance for distance in distances), window)
    scale = math.lcm(*distances)
    return WindowWeights(tuple(scale // distance for distance in distances), scale)
