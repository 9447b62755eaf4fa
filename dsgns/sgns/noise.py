"""What word counts decide: who is subsampled, and who is drawn as noise."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel

_UNIT = 2.0**32


class Tables(NamedTuple):
    """What training looks up of each word.

    Parameters
    ----------
    keep
        uint32: from :func:`keep_thresholds`.
    noise
        uint64: from :func:`alias_table`.
    """

    keep: npt.NDArray[np.uint32]
    noise: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, counts: npt.NDArray[np.int64], sample: float, ns_exponent: float) -> Self:
        """The tables of words with these counts, int64, shape (V,)."""
        return cls(keep_thresholds(counts, sample), alias_table(noise_distribution(counts, ns_exponent)))


def keep_probabilities(counts: npt.NDArray[np.int64], sample: float) -> npt.NDArray[np.float64]:
    """Probability that subsampling keeps an occurrence of each word, as word2vec's code has it.

    ``(sqrt(f / t) + 1) t / f`` for a word that is the share ``f`` of the corpus, at most 1; the paper has
    ``sqrt(t / f)``.

    Parameters
    ----------
    counts
        int64, shape (V,).
    sample
        The threshold t; 0 keeps everything.
    """
    if sample == 0.0:
        return np.ones(counts.size)
    share = counts / counts.sum()
    return np.minimum(1.0, (np.sqrt(share / sample) + 1.0) * sample / share)


def keep_thresholds(counts: npt.NDArray[np.int64], sample: float) -> npt.NDArray[np.uint32]:
    """The same as the largest of 32 random bits that keeps the word, uint32."""
    return np.maximum(np.ceil(keep_probabilities(counts, sample) * _UNIT) - 1.0, 0.0).astype(np.uint32)


def noise_distribution(counts: npt.NDArray[np.int64], ns_exponent: float) -> npt.NDArray[np.float64]:
    """Probability of each word as noise: its count to the power ``ns_exponent``, normalised."""
    weights = counts.astype(np.float64) ** ns_exponent
    return weights / weights.sum()


def alias_table(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Walker's alias table: slot i stands for word i below a threshold, and for its alias from there on.

    Returns
    -------
    uint64, shape (V,): the threshold, in units of 2**-32, in the high half and the alias in the low half.
    """
    shares = probabilities * probabilities.size
    aliases = np.arange(probabilities.size, dtype=np.int64)
    order = np.empty(probabilities.size, np.int64)
    _build_alias(shares, aliases, order)
    thresholds = np.minimum(np.rint(shares * _UNIT), _UNIT - 1.0).astype(np.uint64)
    return (thresholds << np.uint64(32)) | aliases.astype(np.uint64)


@kernel
def _build_alias(shares: npt.NDArray[np.float64], aliases: npt.NDArray[np.int64], order: npt.NDArray[np.int64]) -> None:
    """Vose's construction, in place: poor slots fill the front of ``order``, rich ones the back."""
    poor, rich = 0, shares.size
    for word in range(shares.size):
        if shares[word] < 1.0:
            order[poor] = word
            poor += 1
        else:
            rich -= 1
            order[rich] = word
    while poor > 0 and rich < shares.size:
        poor -= 1
        small, large = order[poor], order[rich]
        aliases[small] = large
        shares[large] -= 1.0 - shares[small]
        if shares[large] < 1.0:
            rich += 1
            order[poor] = large
            poor += 1
    for place in range(poor):
        shares[order[place]] = 1.0
    for place in range(rich, shares.size):
        shares[order[place]] = 1.0
