"""The three losses of the skip-gram model over counts, in plain NumPy.

Each takes scores x_wc = w . c, shape (V, V), and counts n_wc, and gives the loss summed over all pairs with
its derivative by the scores; :func:`through_vectors` carries that on to the vectors. Expectations over noise
are exact, not sampled. float64 throughout.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


def log_sigmoid(x: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0, -x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(log_sigmoid(x))


def softmax_loss(counts: np.ndarray) -> Loss:
    """-sum n_wc log p(c|w), with p(c|w) = exp(x_wc) / sum_c' exp(x_wc') (Mikolov et al. 2013b, equation 2)."""
    word_counts = counts.sum(axis=1, keepdims=True)

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
        return -np.sum(counts * log_p), word_counts * np.exp(log_p) - counts

    return loss


def nce_loss(counts: np.ndarray, noise: np.ndarray, k: float) -> Loss:
    """Telling data from k noise words a pair, x_wc being log p(c|w) (Gutmann & Hyvarinen 2012, equation 8).

    The odds of data are p(c|w) : k q(c), so the classifier's argument is x_wc - log(k q(c)).
    """
    offset = np.log(k * noise)
    distinguish = negative_sampling_loss(counts, noise, k)
    return lambda x: distinguish(x - offset)


def negative_sampling_loss(counts: np.ndarray, noise: np.ndarray, k: float) -> Loss:
    """The same with the offset left out (Mikolov et al. 2013b, equation 4; Levy & Goldberg 2014, equation 2)."""
    expected_noise = k * counts.sum(axis=1, keepdims=True) * noise

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        value = -np.sum(counts * log_sigmoid(x)) - np.sum(expected_noise * log_sigmoid(-x))
        return value, expected_noise * sigmoid(x) - counts * sigmoid(-x)

    return loss


def through_vectors(loss: Loss, size: int) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """The loss of x = W C^T and its gradient, as functions of W and C laid end to end, shape (2 V size,)."""

    def of_vectors(flat: np.ndarray) -> tuple[float, np.ndarray]:
        words, contexts = flat.reshape(2, -1, size)
        value, by_score = loss(words @ contexts.T)
        return value, np.concatenate([(by_score @ contexts).ravel(), (by_score.T @ words).ravel()])

    return of_vectors
