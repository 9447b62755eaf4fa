"""How strongly each row is pulled back in each direction, and how often a chunk updates it."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.noise import keep_probabilities, noise_distribution
from dsgns.svd.blas import single_thread

HEAD = 8192
"""The most frequent words: nearly all updates are against one of these."""

_SAMPLES = 128  # words whose slope is measured
_SMOOTHED = 11  # neighbours among them that are averaged: single words scatter


class Curvature(NamedTuple):
    """The expected Hessian of a pair's loss in a row of one matrix: the same for all rows, but for a factor.

    The Hessian of ``log s(x.y)`` in x is ``s (1 - s) y y^T``, s being the sigmoid of the score. Its mean over the rows
    that x is trained against is about their second moment times the mean of ``s (1 - s)``, the slope, which is .25
    before training and .05 to .17 after it, depending on how frequent the word is.

    Parameters
    ----------
    values
        float32, shape (padded d), ascending: eigenvalues of the second moment.
    vectors
        float32, shape (padded d, padded d), by column: its eigenvectors.
    slopes
        float64: of the words :func:`sampled_ranks`.
    """

    values: npt.NDArray[np.float32]
    vectors: npt.NDArray[np.float32]
    slopes: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls, rows: npt.NDArray[np.float32], others: npt.NDArray[np.float32], weights: npt.NDArray[np.float64]
    ) -> Self:
        """Of the rows of one matrix, from the frequent rows of both and the shares in which the others come."""
        ranks = sampled_ranks(len(rows))
        with single_thread():
            moment = (others * weights[:, None].astype(np.float32)).T @ others
            values, vectors = np.linalg.eigh(moment.astype(np.float64))
            slopes = _slopes(rows[ranks] @ others.T) @ (weights / weights.sum()).astype(np.float32)
        beyond = np.pad(slopes.astype(np.float64), _SMOOTHED // 2, mode="edge")
        smoothed = np.convolve(beyond, np.full(_SMOOTHED, 1.0 / _SMOOTHED), "valid")
        return cls(np.maximum(values, 0.0).astype(np.float32), vectors.astype(np.float32), smoothed)

    def slopes_of(self, start: int, stop: int, size: int) -> npt.NDArray[np.float32]:
        """The slopes of words ``start`` to ``stop``, float32, where ``size`` words were the frequent ones."""
        slopes = np.full(stop - start, self.slopes[-1], np.float32)  # what words beyond the frequent ones have
        ours = np.arange(start, max(start, min(stop, size)))
        slopes[: ours.size] = np.interp(np.log1p(ours), np.log1p(sampled_ranks(size)), self.slopes)
        return slopes


def _slopes(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The slope of the sigmoid at each score, in the place of the scores: a round waits for it."""
    np.clip(scores, -30.0, 30.0, out=scores)
    np.exp(scores, out=scores)
    scores += 1.0
    np.reciprocal(scores, out=scores)
    scores -= scores * scores  # s (1 - s), from either tail
    return scores


def sampled_ranks(size: int) -> npt.NDArray[np.int64]:
    """Words whose slope is measured, of ``size`` frequent ones: denser where words are more frequent."""
    return np.unique(np.geomspace(1, size, _SAMPLES).astype(np.int64) - 1)


class Frequencies(NamedTuple):
    """What a token of the corpus means to each word, in expectation.

    Parameters
    ----------
    inputs, outputs
        float32, shape (V,): updates of the word's row.
    """

    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]

    @classmethod
    def of(cls, counts: npt.NDArray[np.int64], parameters: SGNSParameters) -> Self:
        """Of words with these counts, int64, shape (V,).

        A token that stays has ``window + 1`` neighbours on average. Each is one pair: an update of its input row and of
        one output row by the token, and ``negative`` of both by noise.
        """
        stays = keep_probabilities(counts, parameters.sample) * counts / counts.sum()
        noise = noise_distribution(counts, parameters.ns_exponent) * stays.sum()
        pairs, negative = parameters.window + 1, parameters.negative
        outputs = pairs * (stays + negative * noise)
        return cls((pairs * (negative + 1) * stays).astype(np.float32), outputs.astype(np.float32))

    def weights(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The shares of updates of an input row against each output row, and of an output row against each input."""
        inputs, outputs = (each.astype(np.float64) for each in self)
        return outputs / outputs.sum(), inputs / inputs.sum()
