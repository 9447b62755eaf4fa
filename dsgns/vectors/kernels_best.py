"""The best few of very many scores, kept while they pass by."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

# Scores looked at together: their maximum is found with vector instructions before anything else is asked.
_LANES = 64


@kernel
def keep_best(scores: np.ndarray, excluded: np.ndarray, start: int, best: np.ndarray, rows: np.ndarray) -> None:
    """Carry the best k of each query on over another block of rows.

    Parameters
    ----------
    scores : shape (q, n), float32
        Of rows ``start`` to ``start + n``. NaN is passed over.
    excluded : shape (q, e), int64
        Rows that are no answers.
    start
        First row of the block; blocks come in order.
    best : shape (q, k), float32
        Highest scores so far, falling, -inf where there are not so many; changed in place.
    rows : shape (q, k), int64
        Their rows, -1 where there are not so many; changed in place. Of equal scores the first row's comes first.
    """
    columns, last = scores.shape[1], best.shape[1] - 1
    for query in range(len(scores)):
        line, kept = scores[query], best[query]
        for left in range(0, columns, _LANES):
            right = min(left + _LANES, columns)
            highest = np.float32(-np.inf)
            for j in range(left, right):
                highest = max(highest, line[j])
            if highest <= kept[last]:
                continue
            for j in range(left, right):
                if line[j] > kept[last] and not _among(start + j, excluded[query]):
                    _insert(line[j], start + j, kept, rows[query])


@kernel(inline="always")
def _among(row: int, excluded: np.ndarray) -> bool:
    """Whether a row is one of those excluded."""
    for other in excluded:  # noqa: SIM110  numba compiles no generators
        if other == row:
            return True
    return False


@kernel(inline="always")
def _insert(score: np.float32, row: int, kept: np.ndarray, rows: np.ndarray) -> None:
    """Put a score that is higher than the last one into its place."""
    place = len(kept) - 1
    while place > 0 and score > kept[place - 1]:
        kept[place], rows[place] = kept[place - 1], rows[place - 1]
        place -= 1
    kept[place], rows[place] = score, row
