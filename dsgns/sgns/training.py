"""Training over arrays and streams: no workspace, no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.progress import advance
from dsgns.sgns.kernels.batch import BLOCK, PITCH, Batch
from dsgns.sgns.kernels.draws import Draws, key_of
from dsgns.sgns.kernels.passes import count_piece, loss_piece, train_piece
from dsgns.sgns.kernels.positions import SLOTS, Piece, RowMaps
from dsgns.sgns.model import Model, aligned_zeros, initial_model
from dsgns.sgns.noise import Tables
from dsgns.sgns.pieces import PIECE_TOKENS, ArrayStream, Stream, pieces
from dsgns.sgns.schedule import EVALUATION, Span, evaluation_spans, spans_between

_VECTOR = 16  # tiles load and store whole vectors, so scratch arrays end in room for one more


class Trained(NamedTuple):
    """How much was trained: pairs, and tokens that subsampling left out."""

    pairs: int = 0
    subsampled: int = 0

    def plus(self, other: Trained) -> Trained:
        """Both together."""
        return Trained(self.pairs + other.pairs, self.subsampled + other.subsampled)


class Loss(NamedTuple):
    """Summed loss of some pairs, and their number."""

    total: float
    pairs: int

    @property
    def mean(self) -> float:
        """Per pair."""
        return self.total / max(self.pairs, 1)


@dataclass(frozen=True)
class Training:
    """One corpus under one set of parameters: all that does not change while vectors are trained.

    Parameters
    ----------
    stream
        The encoded corpus.
    parameters
        How to train.
    tables
        Of its vocabulary.
    """

    stream: Stream
    parameters: SGNSParameters
    tables: Tables

    @classmethod
    def over(cls, stream: Stream, counts: npt.NDArray[np.int64], parameters: SGNSParameters) -> Self:
        """The training of a corpus whose words have these counts, int64, shape (V,)."""
        return cls(stream, parameters, Tables.of(counts, parameters.sample, parameters.ns_exponent))

    @property
    def vocabulary_size(self) -> int:
        """Number of words."""
        return self.tables.noise.size

    def train(self, model: Model, span: Span) -> Trained:
        """Train on a span, changing the model in place, with as many threads as the parameters say.

        More than one thread updates the shared rows without locks (Niu et al. 2011, "Hogwild").
        """
        threads = self.parameters.threads
        if threads == 1:
            return self._train_alone(model, span)
        with ThreadPoolExecutor(threads) as pool:
            done = [
                pool.submit(copy_context().run, self._train_alone, model, stretch)
                for stretch in span.stretches(PIECE_TOKENS, threads)
            ]
            return reduce(Trained.plus, (future.result() for future in done))

    def _train_alone(self, model: Model, span: Span) -> Trained:
        batch = self._desk(model)
        trained = Trained()
        for draws, piece in self._pieces([span]):
            pairs = train_piece(piece, model.maps, draws, batch, span.rate, span.fall)
            trained = trained.plus(Trained(pairs, piece.dropped))
            advance(piece.tokens)
        return trained

    def updates(self, spans: Iterable[Span]) -> RowMaps:
        """How often the spans update each word's rows, int32, shape (V,): a replay of their draws alone."""
        counts = RowMaps(*(np.zeros(self.vocabulary_size, np.int32) for _ in range(2)))
        nothing = Model(aligned_zeros(0, 0), aligned_zeros(0, 0))
        batch = self._desk(nothing)
        for draws, piece in self._pieces(spans):
            count_piece(piece, nothing.maps, draws, batch, *counts)
        return counts

    def touched(self, spans: Iterable[Span]) -> RowMaps:
        """The words whose rows the spans update, int32, ascending."""
        return RowMaps(*(np.flatnonzero(counts > 0).astype(np.int32) for counts in self.updates(spans)))

    def loss(self, model: Model, spans: Iterable[Span]) -> Loss:
        """The loss on all pairs of the spans, in float64."""
        batch = self._desk(model)
        total, pairs = 0.0, 0
        for draws, piece in self._pieces(spans):
            more, count = loss_piece(piece, model.maps, draws, batch)
            total, pairs = total + more, pairs + count
        return Loss(total, pairs)

    def _pieces(self, spans: Iterable[Span]) -> Iterator[tuple[Draws, Piece]]:
        parameters = self.parameters
        for span in spans:
            # The loss is the same function of the vectors wherever these began.
            seed = parameters.seed if span.epoch == EVALUATION else parameters.draw_seed
            draws = self._draws(key_of(seed, span.epoch))
            for piece in pieces(self.stream, span.start, span.stop, draws):
                yield draws, piece

    def draws(self, epoch: int) -> Draws:
        """What is drawn in an epoch."""
        return self._draws(key_of(self.parameters.draw_seed, epoch))

    def _draws(self, key: np.uint64) -> Draws:
        parameters = self.parameters
        return Draws(key, parameters.window, parameters.negative, parameters.exact, *self.tables)

    def _desk(self, model: Model) -> Batch:
        """Scratch of one thread, beside the matrices it shares."""
        contexts = SLOTS * 2 * self.parameters.window
        return Batch(
            model.inputs,
            model.outputs,
            # The place after the last is written to, but never read.
            contexts=np.zeros(contexts + 1, np.int64),
            targets=np.zeros(contexts * (self.parameters.negative + 1), np.int64),
            sizes=np.zeros(SLOTS, np.int64),
            gradients=np.zeros(2 * self.parameters.window * PITCH + _VECTOR, np.float32),
            changes=np.zeros((BLOCK, model.inputs.shape[1]), np.float32),
        )


class Outcome(NamedTuple):
    """A whole training: the model, the loss after each epoch, and how much was trained."""

    model: Model
    loss: list[float]
    trained: Trained


def train_array(ids: npt.NDArray[np.int32], counts: npt.NDArray[np.int64], parameters: SGNSParameters) -> Outcome:
    """Train one replica on a corpus in memory.

    Parameters
    ----------
    ids
        int32: word ids, -1 after each document.
    counts
        int64, shape (V,): occurrences of each word.

    Examples
    --------
    >>> ids = np.array([0, 1, 2, 0, 1, -1], np.int32)
    >>> outcome = train_array(ids, np.array([2, 2, 1]), SGNSParameters(vector_size=4, epochs=2))
    >>> outcome.model.inputs.shape, len(outcome.loss)
    ((3, 16), 2)
    """
    training = Training.over(ArrayStream(ids), counts, parameters)
    model = initial_model(counts.size, parameters.vector_size, parameters.seed)
    losses, trained = [], Trained()
    for span in spans_between(parameters, ids.size, 0, parameters.epochs * ids.size):
        trained = trained.plus(training.train(model, span))
        losses.append(training.loss(model, evaluation_spans(ids.size)).mean)
    return Outcome(model, losses, trained)
