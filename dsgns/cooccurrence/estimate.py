"""How many non-zeros each row of counts will have, from the unigram counts alone."""

from __future__ import annotations

import numpy as np

_LEVELS = 256
"""Words of nearly equal frequency are taken together: 256 levels span nine decades in steps of 8 %."""


def expected_nonzeros(counts: np.ndarray, window: int) -> np.ndarray:
    """Expected distinct contexts of each word if tokens were drawn independently.

    A word seen n times has S = 2 L n contexts; context c, of relative frequency p_c, is among them with
    probability 1 - exp(-S p_c). Real text repeats itself and has fewer: .72 to .89 times as many were seen, in nearly
    the same proportion for all rows. So this balances rows, and as a size it errs on the safe side.

    Parameters
    ----------
    counts : shape (V,), integers
        Occurrences of each word.
    window
        L, the most tokens between a word and its context.

    Returns
    -------
    ndarray
        shape (V,), float64.

    Examples
    --------
    >>> expected_nonzeros(np.array([1000, 1000, 1]), window=5).round(2).tolist()
    [2.99, 2.99, 1.99]
    """
    if not len(counts):
        return np.zeros(0)
    logs = np.log(np.maximum(counts, 1))
    step = max(float(np.ptp(logs)) / (_LEVELS - 1), 1e-9)
    level = np.rint((logs - logs.min()) / step).astype(np.int64)
    words = np.bincount(level)
    mean = np.bincount(level, weights=counts) / np.maximum(words, 1)
    contexts = 2.0 * window * mean
    distinct = -np.expm1(-np.outer(contexts, mean / counts.sum())) @ words
    return distinct[level]
