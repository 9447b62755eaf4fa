"""The encoded corpus in a workspace, as training needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.noise import Tables
from dsgns.sgns.training import Training
from dsgns.store import Output
from dsgns.tokens.stream import TokenStream


@dataclass(frozen=True)
class Corpus:
    """Tokens and the vocabulary they were encoded with; small, for tasks to carry.

    Parameters
    ----------
    tokens, vocabulary
        Completed outputs.
    """

    tokens: Output
    vocabulary: Output

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Occurrences of each word, int64, shape (V,)."""
        return self.vocabulary.read("words", "counts")["counts"]

    def training(self, parameters: SGNSParameters) -> Training:
        """The training of the corpus."""
        return Training(TokenStream(self.tokens), parameters, tables(self, parameters))

    def held_out(self, parameters: SGNSParameters) -> Training:
        """The same over the documents that were held out; there may be none."""
        return Training(TokenStream(self.tokens, held_out=True), parameters, tables(self, parameters))


# A worker takes many steps of one training, each of which would read the vocabulary again.
@lru_cache(maxsize=1)
def tables(corpus: Corpus, parameters: SGNSParameters) -> Tables:
    """What the counts of the vocabulary decide."""
    return Tables.of(corpus.counts, parameters.sample, parameters.ns_exponent)
