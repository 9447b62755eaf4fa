"""The objective of skip-gram with negative sampling, its expectation over noise taken exactly.

For scores x_wc, pair counts n_wc with row sums n_w, k negatives and the noise distribution P, it is

    l  =  sum_wc  n_wc log s(x_wc)  +  k sum_w n_w sum_c P(c) log s(-x_wc),       s(x) = 1 / (1 + exp(-x))

(Levy & Goldberg 2014, equations 2 to 4). Both sums go over all V x V cells, though n_wc is 0 in most. It is
highest, cell by cell, at x_wc = PMI(w, c) - log k with PMI(w, c) = log(n_wc / (n_w P(c))).

What matrices hold for pairs that were never observed:

- PMI - log k is minus infinity there; log s(-x) = 0, so such a cell adds exactly 0.
- SPPMI is 0 there; log s(0) = -log 2, so such a cell adds -k n_w P(c) log 2.
- Vectors have a product w . c there as anywhere else.

Counts and noise are those of SGNS itself. n_wc are expected counts: word2vec's random window makes a pair at
distance d count (L + 1 - d) / L, and subsampling keeps it with probability keep(w) keep(c). (word2vec also
lets the window reach over dropped words, which no counting by fixed distances can follow.) P(c) is the
unigram distribution before subsampling, to the power ``ns_exponent``. The SPPMI that is factorised smooths
the contexts' own counts instead, which are subsampled: it is listed by itself, so that the difference shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dsgns.evaluation.kernels_objective import NX, NXX, NXY, NY, NYY, N

# Scores held at a time: 256 words by 4096 contexts, 4 MiB of float32, which stay in the cache.
_WORDS = 256
TILE = 4096


@dataclass(frozen=True)
class Regression:
    """Scores over PMI - log k, over the observed pairs, each weighing as much as it was counted.

    Parameters
    ----------
    slope, intercept
        Of the line ``score = slope * (PMI - log k) + intercept``.
    rmse
        Root of the mean square of ``score - (PMI - log k)``, not of the distance to the line.
    correlation
        Pearson's.
    """

    slope: float
    intercept: float
    rmse: float
    correlation: float

    @classmethod
    def of(cls, sums: np.ndarray) -> Regression:
        """The regression from weighted sums, shape (SUMS,), float64; NaN where scores do not vary."""
        mean_x, mean_y = sums[NX] / sums[N], sums[NY] / sums[N]
        var_x, var_y = sums[NXX] / sums[N] - mean_x**2, sums[NYY] / sums[N] - mean_y**2
        covariance = sums[NXY] / sums[N] - mean_x * mean_y
        slope = covariance / var_x if var_x > 0 else math.nan
        square = (sums[NYY] - 2 * sums[NXY] + sums[NXX]) / sums[N]
        correlation = covariance / math.sqrt(var_x * var_y) if var_x > 0 and var_y > 0 else math.nan
        return cls(slope, mean_y - slope * mean_x, math.sqrt(max(square, 0.0)), correlation)


@dataclass(frozen=True)
class Score:
    """What one matrix of scores makes of the objective.

    Parameters
    ----------
    objective
        l, in nats, over all cells.
    standard_error
        Of the objective, where it was estimated from some of the rows; 0 where it is exact.
    per_pair
        The objective divided by the number of pairs.
    deviation
        ``(l - l_optimal) / l_optimal``, as in Levy & Goldberg 2014, table 1: 0 at PMI - log k.
    regression
        Of the scores over PMI - log k.
    """

    objective: float
    standard_error: float
    per_pair: float
    deviation: float
    regression: Regression

    def to_dict(self) -> dict[str, Any]:
        """The figures as a JSON-able dictionary."""
        return asdict(self)


@dataclass(frozen=True)
class RowSample:
    """The rows over which the noise term is summed: all of them, or the weightiest and some of the others.

    The noise term is ``sum over rows of n_w g(w)``. The most frequent words, which carry most of it, are all
    taken; of the others some are drawn with replacement, each with a probability in proportion to n_w, and
    their mean g stands for all (Hansen & Hurwitz 1943).

    Parameters
    ----------
    rows : shape (n,), int64
        Rising.
    coefficients : shape (n,), float64
        What each row's g is multiplied by.
    draws : shape (n,), int64
        How often each row was drawn; 0 for one that was taken for certain.
    """

    rows: np.ndarray
    coefficients: np.ndarray
    draws: np.ndarray

    @classmethod
    def of(cls, row_counts: np.ndarray, wanted: int, seed: int) -> RowSample:
        """All rows if there are no more than ``wanted``, else half that many of the weightiest and half drawn.

        Parameters
        ----------
        row_counts : shape (V,), float64
            n_w.
        wanted
            How many rows the work may be for.
        seed
            Of the draws.
        """
        split = len(row_counts) if len(row_counts) <= wanted else wanted // 2
        order = np.argsort(-row_counts, kind="stable")
        certain, others = order[:split], order[split:]
        coefficients, draws = row_counts.copy(), np.zeros(len(row_counts), np.int64)
        if (rest := row_counts[others].sum()) > 0:
            draws[others] = np.random.default_rng(seed).multinomial(wanted - split, row_counts[others] / rest)
            coefficients[others] = rest / (wanted - split) * draws[others]
        rows = np.sort(np.concatenate([certain, others[draws[others] > 0]]))
        return cls(rows, coefficients[rows], draws[rows])

    def total(self, values: np.ndarray) -> tuple[float, float]:
        """The sum of n_w g(w) over all rows and its standard error, from g of the sampled rows, shape (n,)."""
        total = math.fsum(self.coefficients * values)
        draws = int(self.draws.sum())
        if draws < 2:
            return total, 0.0
        drawn = np.repeat(values, self.draws)
        rest = math.fsum(self.coefficients[self.draws > 0])
        return total, rest * float(drawn.std(ddof=1)) / math.sqrt(draws)


def expected_noise(words: np.ndarray, tiles: Iterable[np.ndarray], noise: np.ndarray) -> np.ndarray:
    """For each word the mean of log s(-w . c) over noise words c, shape (n,), float64.

    Parameters
    ----------
    words : shape (n, d), float32
    tiles : shapes (m, d), float32
        All context vectors, in order.
    noise : shape (V,), float64
        P.
    """
    means = np.zeros(len(words))
    first = 0
    for tile in tiles:
        probability = noise[first : first + len(tile)].astype(np.float32)
        for start in range(0, len(words), _WORDS):
            scores = words[start : start + _WORDS] @ tile.T
            means[start : start + _WORDS] -= softplus(scores) @ probability
        first += len(tile)
    return means


def softplus(x: np.ndarray) -> np.ndarray:
    """log(1 + exp(x)) of float32 scores, in place.

    NumPy has vector instructions for exp and log of float32 but not everywhere for log1p; with log the error
    is at most 6e-8, whatever x.
    """
    positive = np.maximum(x, 0)
    np.abs(x, out=x)
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.log(x, out=x)
    x += positive
    return x
