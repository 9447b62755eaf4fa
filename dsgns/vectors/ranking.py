"""The best of many scores."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np


def top_indices(scores: np.ndarray, count: int, excluded: Collection[int] = ()) -> np.ndarray:
    """Positions of the highest scores, the highest first; of equal ones the lowest position first.

    Parameters
    ----------
    scores : shape (n,), floats
        NaN counts as lower than any number.
    count
        How many to return; fewer where there are no more.
    excluded
        Positions that are passed over.

    Examples
    --------
    >>> top_indices(np.array([0.1, 0.9, 0.5, 0.9]), 2, excluded=[1])
    array([3, 2])
    """
    scores = np.where(np.isnan(scores), -np.inf, scores)
    wanted = min(count + len(excluded), len(scores))
    if wanted <= 0:
        return np.empty(0, np.int64)
    # Every score as high as the last one wanted takes part, so that ties do not hang on argpartition's order.
    last = np.partition(scores, len(scores) - wanted)[len(scores) - wanted]
    candidates = np.flatnonzero(scores >= last)
    ordered = candidates[np.argsort(-scores[candidates], kind="stable")]
    return ordered[~np.isin(ordered, list(excluded))][:count]
