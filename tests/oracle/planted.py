"""Counts over a tiny vocabulary in which every pair is observed."""

from __future__ import annotations

import numpy as np


def planted_counts(size: int = 10, seed: int = 0) -> np.ndarray:
    """Symmetric pair counts, shape (size, size), float64: unequal frequencies, two topics, no zero."""
    rng = np.random.default_rng(seed)
    frequency = 1 / np.arange(2, size + 2)
    topics = np.where(np.equal.outer(np.arange(size) % 2, np.arange(size) % 2), 3.0, 1.0)
    jitter = rng.gamma(4, size=(size, size))
    return 1e4 * frequency[:, None] * frequency * topics * (jitter + jitter.T)


def noise_of_words(word_counts: np.ndarray, exponent: float = 0.75) -> np.ndarray:
    """word2vec's noise distribution: word counts to a power, shape (size,)."""
    powers = word_counts.astype(np.float64) ** exponent
    return powers / powers.sum()


def weighted_line(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of y over x by weighted least squares."""
    slope, intercept = np.polyfit(x.ravel(), y.ravel(), 1, w=np.sqrt(weights.ravel()))
    return float(slope), float(intercept)
