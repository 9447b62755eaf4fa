"""Words folded into SGNS: each gets the vector that the objective prefers while all context vectors stay.

Skip-gram's objective (Levy & Goldberg 2014, "Neural Word Embedding as Implicit Matrix Factorization", section 3.1) is
a sum over words. With the context vectors c given, the part of one word depends on its vector v alone,

    sum_c n_c log s(v c) + k n sum_c q_c log s(-v c),

n_c being how often it was near c, n their sum, q the noise distribution and s the logistic function: a logistic
regression, which has one answer. A training does not come to it, least for rare words: vectors start near 0, and each
pair moves them once an epoch. Descent for a time t goes about as far as a penalty |v|^2 / 2t (Ali, Kolter & Tibshirani
2019, "A Continuous-Time View of Early Stopping for Least Squares"), and the learning rates of a training add up to
t = epochs (alpha + min_alpha) / 2, so that this penalty is part of what is minimised here. To hold all else fixed while
something new is learned is how Le & Mikolov (2014) infer vectors of new paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from dsgns.errors import ParameterError
from dsgns.parameters import SGNSParameters
from dsgns.pmi.formulas import keep_probabilities
from dsgns.sgns.noise import noise_distribution
from dsgns.store import Workspace
from dsgns.svd.blas import single_thread
from dsgns.vectors.contexts import Newcomer
from dsgns.vectors.materialize import Choice

_STEPS = 200


def fold_into_sgns(
    workspace: Workspace, choice: Choice, counts: np.ndarray, words: Iterable[Newcomer], number: int
) -> np.ndarray:
    """Vectors of new words, shape (n, d), float32; all context vectors are in memory meanwhile.

    Parameters
    ----------
    choice
        A completed ``sgns`` output, and word vectors alone.
    counts : shape (V,), int64
        Of the words of the vocabulary.
    words, number
        Those to be placed, and how many they are.

    Raises
    ------
    ParameterError
        If context vectors are asked for as well.
    """
    if choice.context != "none":
        raise ParameterError(f"context is {choice.context!r}; it must be 'none' for words that are folded into sgns.")
    output = choice.source
    parameters = SGNSParameters(**output.parameters)
    contexts = np.concatenate([output.read(name, "rows")["rows"] for name in output.manifests("output")])
    keep = keep_probabilities(counts, parameters.sample)
    noise = parameters.negative * noise_distribution(counts, parameters.ns_exponent)
    penalty = 2 / (parameters.epochs * (parameters.alpha + parameters.min_alpha))
    made = np.empty((number, parameters.vector_size), np.float32)
    with single_thread():
        for place, word in enumerate(words):
            pairs = word.weights * keep[word.columns] * word.keep
            made[place] = Part(contexts, word.columns, pairs, noise * pairs.sum(), penalty).best()
    return made


@dataclass(frozen=True)
class Part:
    """What of the objective depends on one word's vector, with the penalty; negative, so that it is minimised.

    Parameters
    ----------
    contexts : shape (V, d), float32
        All context vectors.
    columns, pairs : shape (n,)
        Which of them the word was seen near, and how often.
    noise : shape (V,), float64
        How often it meets each as noise.
    penalty
        Of half the squared length.
    """

    contexts: np.ndarray
    columns: np.ndarray
    pairs: np.ndarray
    noise: np.ndarray
    penalty: float

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient, shape (d,), at a vector of shape (d,), float64."""
        near, products = self.contexts[self.columns], self.contexts @ vector.astype(np.float32)
        scores, all_scores = products[self.columns].astype(np.float64), products.astype(np.float64)
        value = -self.pairs @ log_expit(scores) - self.noise @ log_expit(-all_scores)
        pull = (self.pairs * expit(-scores)).astype(np.float32) @ near
        push = (self.noise * expit(all_scores)).astype(np.float32) @ self.contexts
        return value + self.penalty / 2 * vector @ vector, push - pull + self.penalty * vector

    def best(self) -> np.ndarray:
        """The vector where it is least, shape (d,), float64."""
        start = np.zeros(self.contexts.shape[1])
        found = minimize(self, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
        return np.asarray(found.x)
