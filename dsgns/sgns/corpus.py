"""The encoded corpus in a workspace, as training needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.curvature import Frequencies
from dsgns.sgns.noise import Tables
from dsgns.sgns.pieces import Stream
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

    def chunks(self, parameters: SGNSParameters) -> Training:
        """The same for short spans: many of them lie in one stored chunk of ids, which is decoded once."""
        return Training(_recent(self.tokens), parameters, tables(self, parameters))

    def held_out(self, parameters: SGNSParameters) -> Training:
        """The same over the documents that were held out; there may be none."""
        return Training(TokenStream(self.tokens, held_out=True), parameters, tables(self, parameters))


class Recent:
    """A stream that keeps what it read last.

    Parameters
    ----------
    stream
        What is read.
    """

    def __init__(self, stream: Stream) -> None:
        self.length, self.chunk_end = stream.length, stream.chunk_end
        self._stream = stream
        # Two reads, for a window may reach back into the chunk before. Replaced whole: threads share it.
        self._kept: tuple[tuple[int, npt.NDArray[np.int32]], ...] = ()

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids from position ``start`` to ``stop``."""
        for begin, ids in self._kept:
            if begin <= start and stop <= begin + ids.size:
                return ids[start - begin : stop - begin]
        ids = self._stream.read(start, max(stop, self.chunk_end(start)))
        self._kept = ((start, ids), *self._kept[:1])
        return ids[: stop - start]


@lru_cache(maxsize=1)
def _recent(tokens: Output) -> Recent:
    return Recent(TokenStream(tokens))


# A worker takes many steps of one training, each of which would read the vocabulary again.
@lru_cache(maxsize=1)
def tables(corpus: Corpus, parameters: SGNSParameters) -> Tables:
    """What the counts of the vocabulary decide."""
    return Tables.of(corpus.counts, parameters.sample, parameters.ns_exponent)


@lru_cache(maxsize=1)
def frequencies(corpus: Corpus, parameters: SGNSParameters) -> Frequencies:
    """How often training updates each row."""
    return Frequencies.of(corpus.counts, parameters)
