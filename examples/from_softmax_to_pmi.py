"""From softmax over noise-contrastive estimation and negative sampling to PMI - log k.

Skip-gram gives each word w and each context c a vector, and scores a pair by their product x = w . c. This
walk begins with the loss one would like to minimise, makes it cheaper twice, and ends at a matrix that needs
no training at all. Every loss is written out over the whole table of pairs, so that each optimum can be seen.

    python examples/from_softmax_to_pmi.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit as sigmoid
from scipy.special import log_expit as log_sigmoid
from scipy.special import log_softmax, softmax

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]

WORDS = ["the", "of", "cat", "dog", "fur", "paw", "sun", "moon", "star", "sky"]
ANIMALS, HEAVENS = WORDS[2:6], WORDS[6:]


# 0. A corpus, as counts: how often has word w context c within two words of it?


def count_pairs(sentences: int = 6000, window: int = 2) -> np.ndarray:
    """n_wc of sentences that keep to a topic, animals or heavens, most of the time; shape (V, V)."""
    rng = np.random.default_rng(1)
    counts = np.zeros((len(WORDS), len(WORDS)))
    for _ in range(sentences):
        topic, other = (ANIMALS, HEAVENS) if rng.random() < 0.6 else (HEAVENS, ANIMALS)
        pool = ["the"] * 9 + ["of"] * 6 + (topic[:1] * 5 + topic[1:2] * 3 + topic) * 3 + other
        sentence = [WORDS.index(word) for word in rng.choice(pool, size=8)]
        for distance in range(1, window + 1):
            np.add.at(counts, (sentence[:-distance], sentence[distance:]), 1)
            np.add.at(counts, (sentence[distance:], sentence[:-distance]), 1)
    return counts


# 1. What one would like: the softmax. Right, but each step sums over the whole vocabulary.


def softmax_loss(counts: np.ndarray) -> Loss:
    """-sum n_wc log p(c|w), where p(c|w) = exp(x_wc) / sum over all contexts of exp(x_wc')."""
    n_w = counts.sum(axis=1, keepdims=True)
    return lambda x: (-np.sum(counts * log_softmax(x, axis=1)), n_w * softmax(x, axis=1) - counts)


# 2. Cheaper: tell each pair from k words of noise. NCE knows the noise q, so exp(x) is still a probability.


def nce_loss(counts: np.ndarray, q: np.ndarray, k: int) -> Loss:
    """The odds of data against noise are p(c|w) : k q(c); so classify by x_wc - log(k q(c))."""
    return lambda x: negative_sampling_loss(counts, q, k)(x - np.log(k * q))


# 3. Cheaper still: forget the correction. That is word2vec's negative sampling. But what does it learn now?


def negative_sampling_loss(counts: np.ndarray, q: np.ndarray, k: int) -> Loss:
    """-sum n_wc log s(x_wc) - sum k n_w q_c log s(-x_wc), s being the logistic function."""
    negatives = k * counts.sum(axis=1, keepdims=True) * q
    return lambda x: (
        -np.sum(counts * log_sigmoid(x) + negatives * log_sigmoid(-x)),
        negatives * sigmoid(x) - counts * sigmoid(-x),
    )


# 4. Set the derivative of one cell to zero: n_wc s(-x) = k n_w q_c s(x), so exp(x) = n_wc / (k n_w q_c), and
#
#        x_wc = log( (n_wc / n_w) / q_c ) - log k = PMI(w, c) - log k.


def shifted_pmi(counts: np.ndarray, q: np.ndarray, k: int) -> np.ndarray:
    """PMI - log k, with the noise distribution in the place of the contexts' own."""
    return np.log(counts / counts.sum(axis=1, keepdims=True) / q) - np.log(k)


# 5. Words and contexts get vectors of a given size, and the losses are minimised over them.


def train(loss: Loss, vector_size: int) -> np.ndarray:
    """The scores W C^T after training; shape (V, V)."""

    def loss_of_vectors(flat: np.ndarray) -> tuple[float, np.ndarray]:
        W, C = flat.reshape(2, len(WORDS), vector_size)
        value, by_x = loss(W @ C.T)
        return value, np.stack([by_x @ C, by_x.T @ W]).ravel()

    start = np.random.default_rng(2).normal(size=2 * len(WORDS) * vector_size) / 10
    best = minimize(loss_of_vectors, start, jac=True, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-14})
    W, C = best.x.reshape(2, len(WORDS), vector_size)
    return W @ C.T


# 6. The other road: no training, only the matrix, cut down to vectors by its singular values.


def truncate(matrix: np.ndarray, vector_size: int) -> np.ndarray:
    """The best approximation of that rank, every cell weighing the same."""
    U, S, Vt = np.linalg.svd(matrix)
    return (U[:, :vector_size] * S[:vector_size]) @ Vt[:vector_size]


def line(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> str:
    """Slope and intercept of y over x, each pair weighing as often as it was seen."""
    slope, intercept = np.polyfit(x.ravel(), y.ravel(), 1, w=np.sqrt(weights.ravel()))
    return f"slope {slope:.3f}, intercept {intercept:+.3f}"


def walk() -> Iterator[str]:
    """What each step shows."""
    counts, full = count_pairs(), len(WORDS)
    p = counts / counts.sum(axis=1, keepdims=True)
    q = counts.sum(axis=1) ** 0.75 / np.sum(counts.sum(axis=1) ** 0.75)
    yield f"{counts.sum():,.0f} pairs of {full} words; the rarest was seen {counts.min():.0f} times.\n"

    x = train(softmax_loss(counts), full)
    yield f"1. Softmax learns p(c|w): off by {np.abs(softmax(x, axis=1) / p - 1).max():.2%} at most."

    x = train(nce_loss(counts, q, k=5), full)
    yield f"2. NCE learns x = log p(c|w): off by {np.abs(np.exp(x) / p - 1).max():.2%} at most,"
    yield f"   normalised without being told to: sum of exp(x) is {np.exp(x).sum(axis=1).mean():.4f}.\n"

    yield "3. Negative sampling does not: a line through its x over log p(c|w), then over PMI - log k:"
    for k in (1, 5, 15):
        x = train(negative_sampling_loss(counts, q, k), full)
        yield f"   k = {k:2}   {line(np.log(p), x, counts)}   |   {line(shifted_pmi(counts, q, k), x, counts)}"
    yield "   Slope 1 and intercept 0 for every k: it factorises PMI - log k.\n"

    yield "4. With fewer dimensions than words the roads part. Loss above the optimum, k = 5:"
    loss, matrix = negative_sampling_loss(counts, q, 5), shifted_pmi(counts, q, 5)
    best = loss(matrix)[0]
    for size in (1, 2, 3, full):
        trained, cut = (loss(x)[0] / best - 1 for x in (train(loss, size), truncate(matrix, size)))
        yield f"   {size:2} dimensions   trained {trained:8.3%}   SVD of PMI - log k {cut:8.3%}"
    yield "   Training weighs a pair by its count, the SVD weighs all alike."


if __name__ == "__main__":
    for shown in walk():
        print(shown)
