r"""The maths of weighting counts, with all that depends on one word alone folded into two vectors.

Let :math:`d_{ij}` be the stored integers and s their scale, so that :math:`d_{ij} / s` is the weighted number
of times that context j was seen near word i. Subsampling keeps a token of word w with probability

.. math:: keep_w = \min(1, \sqrt{t / f_w} + t / f_w), \qquad f_w = count_w / \sum_v count_v

(word2vec's code; the paper of Levy, Goldberg & Dagan 2015, section 3.1, has :math:`\sqrt{t / f_w}`), so the
count expected of a pair after "clean" subsampling, windows left as they were, is

.. math:: n'_{ij} = keep_i \, keep_j \, d_{ij} / s, \qquad n'_i = \sum_j n'_{ij}.

Counts are symmetric, so :math:`n'_j` is also the column's sum. With context distribution smoothing
:math:`\alpha` (cds) and the shift by k (section 3.2 there; Levy & Goldberg 2014, equations 11 and 12)

.. math:: P_\alpha(j) = {n'_j}^\alpha / N_\alpha, \quad N_\alpha = \sum_j {n'_j}^\alpha, \quad
   M_{ij} = \log \frac{n'_{ij} \, N_\alpha}{n'_i \, {n'_j}^\alpha} - \log k = \log d_{ij} - row_i - column_j

.. math:: row_i = \log n'_i - \log keep_i + \log s + \log k - \log N_\alpha, \qquad
   column_j = \alpha \log n'_j - \log keep_j.

So one pass over the stored integers gives M, and swapping the two vectors gives its transpose.

ROOT-CCA takes no logarithm: it is the square roots of the counts, which even out their variance, scaled as by
canonical correlation analysis (Stratos, Collins & Hsu 2015, "Model-based word embeddings from decompositions of count
matrices", ACL)

.. math:: M_{ij} = \sqrt{n'_{ij}} / (n'_i \, n'_j)^{1/4} = \sqrt{d_{ij}} \; row_i \; column_j, \qquad
   row_i = column_i = (keep_i^2 / (s \, n'_i))^{1/4}.

Counts are subsampled as for PMI. There is no shift, as nothing is clipped, and no smoothing of contexts: M stays
symmetric, and lies in [0, 1].
"""

from __future__ import annotations

import math

import numpy as np

from dsgns.parameters import PMIParameters


def keep_probabilities(counts: np.ndarray, threshold: float) -> np.ndarray:
    """The probability that subsampling keeps a token of each word.

    Parameters
    ----------
    counts : shape (V,), integers
        Occurrences of each word.
    threshold
        t; 0 keeps everything.

    Returns
    -------
    ndarray
        shape (V,), float64, in (0, 1].

    Examples
    --------
    >>> keep_probabilities(np.array([98, 2]), 0.02).round(3).tolist()
    [0.163, 1.0]
    """
    if threshold == 0.0:
        return np.ones(len(counts))
    ratio = threshold * counts.sum() / np.maximum(counts, 1)
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def keep_probability(occurrences: int, total: int, threshold: float) -> float:
    """The same of a word that is not among those counted; of one that never occurs 1.

    Parameters
    ----------
    occurrences
        Of the word.
    total
        Of all words.
    threshold
        As above.
    """
    if threshold == 0.0 or occurrences == 0:
        return 1.0
    ratio = threshold * total / occurrences
    return min(1.0, math.sqrt(ratio) + ratio)


def folded_vectors(
    sums: np.ndarray, keep: np.ndarray, scale: int, parameters: PMIParameters
) -> tuple[np.ndarray, np.ndarray]:
    """The vectors ``row`` and ``column`` that make M of the stored integers.

    ``M = log(data) - row[i] - column[j]`` for SPPMI, ``M = sqrt(data) * row[i] * column[j]`` for ROOT-CCA.

    Parameters
    ----------
    sums : shape (V,), float64
        Row sums of the subsampled counts, true weights.
    keep : shape (V,), float64
        Probability of keeping each word.
    scale
        What the stored integers are to be divided by.
    parameters
        Transform, smoothing and shift.

    Returns
    -------
    row, column
        shape (V,), float64; 0 for words that were never seen near another, whose rows hold no cell.
    """
    seen = sums > 0.0
    if parameters.transform == "root-cca":
        roots = np.where(seen, np.sqrt(np.sqrt(keep**2 / (scale * np.where(seen, sums, 1.0)))), 0.0)
        return roots, roots
    logs = np.log(np.where(seen, sums, 1.0))
    # fsum is exact, so the total does not depend on how NumPy adds up on one machine or another.
    smoothed = math.fsum(np.exp(parameters.cds * logs[seen]))
    constant = math.log(scale) + math.log(parameters.shift) - (math.log(smoothed) if smoothed else 0.0)
    kept = np.log(keep)
    row = np.where(seen, logs - kept + constant, 0.0)
    column = np.where(seen, parameters.cds * logs - kept, 0.0)
    return row, column
