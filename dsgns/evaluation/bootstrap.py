"""Whether one set of vectors is better than another, or just luckier; and how sure a score is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dsgns.errors import ParameterError
from dsgns.evaluation.ranks import spearman


@dataclass(frozen=True)
class PairedDifference:
    """How much higher the first of two scores is.

    Parameters
    ----------
    difference
        On all items.
    mean
        Over the resamples.
    standard_error
        Standard deviation over the resamples.
    items
        Answered by both.
    """

    difference: float
    mean: float
    standard_error: float
    items: int


class Interval(NamedTuple):
    """From where to where a score lies, with the confidence asked for; NaN where there is no score."""

    low: float
    high: float


def bootstrap_interval(items: np.ndarray, seed: int = 1, resamples: int = 1000, confidence: float = 0.95) -> Interval:
    """The percentile interval of a score (Efron & Tibshirani 1993, chapter 13).

    Parameters
    ----------
    items
        Of one result, as :func:`paired_bootstrap` takes them; those that are NaN are left out.
    seed
        Of the draws.
    resamples
        How many draws.
    confidence
        Part of the draws that lie in the interval.

    Examples
    --------
    >>> low, high = bootstrap_interval(np.repeat([0.0, 1.0], 200))
    >>> round(low, 2), round(high, 2)
    (0.45, 0.55)
    """
    items = np.asarray(items, np.float64)
    known = items[np.isfinite(items.reshape(len(items), -1)).all(axis=1)]
    if len(known) < 2:
        return Interval(float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    scores = np.array([_score(known[rng.integers(len(known), size=len(known))]) for _ in range(resamples)])
    scores = scores[np.isfinite(scores)]  # a draw of equal ranks has no correlation
    if not len(scores):
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(scores, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def paired_bootstrap(items_a: np.ndarray, items_b: np.ndarray, seed: int, resamples: int = 2000) -> PairedDifference:
    """The difference of two scores on the same items, with its standard error.

    Items are drawn with replacement, the same ones for both; the score is computed anew for each draw.

    Parameters
    ----------
    items_a, items_b
        ``items`` of two results on one set: for analogies shape (n,), scored by their mean; for similarity
        shape (n, 2), scored by Spearman's correlation. Items that are NaN in either are left out.
    seed
        Of the draws.
    resamples
        How many draws.

    Raises
    ------
    ParameterError
        If the two are not of the same set, or share no item.

    Examples
    --------
    >>> right, wrong = np.ones(100), np.zeros(100)
    >>> paired_bootstrap(right, wrong, seed=1, resamples=10)
    PairedDifference(difference=1.0, mean=1.0, standard_error=0.0, items=100)
    """
    a, b = _shared(np.asarray(items_a, np.float64), np.asarray(items_b, np.float64))
    rng = np.random.default_rng(seed)
    differences = np.empty(resamples)
    for draw in range(resamples):
        chosen = rng.integers(len(a), size=len(a))
        differences[draw] = _score(a[chosen]) - _score(b[chosen])
    return PairedDifference(_score(a) - _score(b), float(differences.mean()), float(differences.std(ddof=1)), len(a))


def _shared(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The items that both have."""
    if a.shape != b.shape or (a.ndim == 2 and not np.array_equal(a[:, 0], b[:, 0])):
        raise ParameterError(
            f"items of shapes {a.shape} and {b.shape} are not of one set; evaluate both on the same file."
        )
    both = np.isfinite(a.reshape(len(a), -1)).all(axis=1) & np.isfinite(b.reshape(len(b), -1)).all(axis=1)
    if both.sum() < 2:
        raise ParameterError(f"{both.sum()} items are answered by both; at least 2 are needed.")
    return a[both], b[both]


def _score(items: np.ndarray) -> float:
    return float(items.mean()) if items.ndim == 1 else spearman(items[:, 0], items[:, 1])
