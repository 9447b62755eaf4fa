"""Several replicas: the steps of a round, as pure functions from arrays to arrays.

The rows live in shards, ``take`` copies out what a replica's chunk touches, ``train_chunk`` trains on the copies,
and ``merge`` makes a shard's next version from its last and all replicas' changes. Nothing changes its arguments,
so a step that is lost with its worker can be run again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import read_rows, require_finite, write_rows
from dsgns.sgns.corpus import Corpus, frequencies
from dsgns.sgns.curvature import HEAD, Curvature
from dsgns.sgns.gauge import Moments, corrected, correction, product
from dsgns.sgns.grid import within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.merging import RowDelta, Step, merged
from dsgns.sgns.model import Model, aligned_zeros, initial_inputs
from dsgns.sgns.schedule import Round, Span, evaluation_spans
from dsgns.sgns.task import losses
from dsgns.sgns.training import Trained
from dsgns.store import Output
from dsgns.svd.blas import single_thread


class Shard(NamedTuple):
    """A range of rows of both matrices.

    Parameters
    ----------
    start
        Word id of the first row.
    inputs, outputs
        float32, shape (rows, padded d).
    flux
        What the merges since the last correction contribute to the balance of the matrices: that of the inputs, and
        that of the outputs; none right after a correction, which is when checkpoints are written.
    """

    start: int
    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    flux: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None = None


class Rows(NamedTuple):
    """Some rows of a shard, or changes to them, with their words.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    inputs, outputs
        float32, shape (words, padded d).
    """

    words: RowMaps
    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]


class Touched(NamedTuple):
    """The words whose rows some replicas touch, and by how many of them each is.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    replicas
        int32, beside the words.
    """

    words: RowMaps
    replicas: RowMaps


class Changes(NamedTuple):
    """How some replicas changed some rows of a shard: the sum of their changes, and how many changed each row."""

    rows: Rows
    replicas: RowMaps


class Update(NamedTuple):
    """What the chunks of some replicas came to: changes, shard by shard, and how much they trained."""

    changes: list[Changes]
    trained: Trained


def initial_shard(parameters: SGNSParameters, start: int, stop: int) -> Shard:
    """A shard before training."""
    inputs = initial_inputs(start, stop, parameters.vector_size, parameters.seed)
    return Shard(start, inputs, aligned_zeros(*inputs.shape))


def load_shard(output: Output, number: int, k: int, start: int) -> Shard:
    """A shard as a checkpoint has it."""
    return Shard(start, *read_rows(output, number, k))


def save_shard(output: Output, number: int, k: int, shard: Shard) -> int:
    """Write a shard to a checkpoint; returns its number of rows."""
    write_rows(output, number, k, (shard.inputs, shard.outputs))
    return len(shard.inputs)


def touched(corpus: Corpus, parameters: SGNSParameters, spans: Sequence[Span]) -> Touched:
    """The words whose rows the chunks of some replicas will touch."""
    training = corpus.chunks(parameters)
    each = [training.touched([span]) for span in spans]
    counted = [np.unique(np.concatenate(words), return_counts=True) for words in zip(*each, strict=True)]
    words, replicas = zip(*counted, strict=True)
    return Touched(RowMaps(*words), RowMaps(*(number.astype(np.int32) for number in replicas)))


def touched_by_loss(corpus: Corpus, parameters: SGNSParameters) -> Touched:
    """The words whose rows the loss is measured with."""
    found = [
        training.touched(evaluation_spans(training.stream.length))
        for training in (corpus.training(parameters), corpus.held_out(parameters))
    ]
    words = RowMaps(*(np.unique(np.concatenate(words)) for words in zip(*found, strict=True)))
    return Touched(words, RowMaps(*(np.ones_like(ids) for ids in words)))


def take(shard: Shard, touched: Touched) -> Rows:
    """Copies of a shard's rows for those of the words that it holds."""
    held = RowMaps(*(within(ids, shard.start, shard.start + len(shard.inputs)) for ids in touched.words))
    return Rows(held, shard.inputs[held.inputs - shard.start], shard.outputs[held.outputs - shard.start])


def train_chunks(
    corpus: Corpus, parameters: SGNSParameters, spans: Sequence[Span], touched: Touched, *taken: Rows
) -> Update:
    """Train the chunks of some replicas, each on the rows as they were taken, one set from each shard in order."""
    training = corpus.chunks(parameters)
    total: Model | None = None
    trained = Trained()
    for span in spans:
        model = assembled(training.vocabulary_size, *taken)
        trained = trained.plus(training.train(model, span))
        require_finite(model, parameters, f"epoch {span.epoch + 1}, tokens {span.start:,} to {span.stop:,}")
        for changed, rows in zip(_by_shard(model, touched, taken), taken, strict=True):
            changed.rows.inputs[:] -= rows.inputs
            changed.rows.outputs[:] -= rows.outputs
        total = model if total is None else _sum(total, model)
    return Update(list(_by_shard(total or assembled(training.vocabulary_size, *taken), touched, taken)), trained)


def _sum(total: Model, more: Model) -> Model:
    total.inputs[:] += more.inputs
    total.outputs[:] += more.outputs
    return total


def _by_shard(model: Model, touched: Touched, taken: Sequence[Rows]) -> Iterator[Changes]:
    """A model's rows, as views, with the shards that they came from."""
    edges = [np.cumsum([0, *(len(getattr(rows, matrix)) for rows in taken)]) for matrix in ("inputs", "outputs")]
    for rows, inputs, outputs in zip(taken, pairwise(edges[0]), pairwise(edges[1]), strict=True):
        ours = slice(*inputs), slice(*outputs)
        counted = RowMaps(*(each[own] for each, own in zip(touched.replicas, ours, strict=True)))
        yield Changes(Rows(rows.words, model.inputs[ours[0]], model.outputs[ours[1]]), counted)


def assembled(vocabulary_size: int, *taken: Rows) -> Model:
    """One model of rows from several shards, with the maps from word to row."""
    inputs, outputs = (_stacked([getattr(rows, matrix) for rows in taken]) for matrix in ("inputs", "outputs"))
    input_words, output_words = (np.concatenate(words) for words in zip(*(rows.words for rows in taken), strict=True))
    maps = RowMaps(_places(input_words, vocabulary_size), _places(output_words, vocabulary_size))
    return Model(inputs, outputs, maps)


def _stacked(parts: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    matrix = aligned_zeros(sum(map(len, parts)), parts[0].shape[1])
    np.concatenate(parts, out=matrix)
    return matrix


def _places(words: npt.NDArray[np.int32], vocabulary_size: int) -> npt.NDArray[np.int32]:
    """Word id to place among ``words``; -1 for words that are not there."""
    places = np.full(vocabulary_size, -1, np.int32)
    places[words] = np.arange(words.size, dtype=np.int32)
    return places


def changes_to(update: Update, k: int) -> Changes:
    """What an update changes in the ``k``-th shard."""
    return update.changes[k]


def trained_by(update: Update) -> Trained:
    """How much an update trained."""
    return update.trained


def head(shard: Shard) -> Shard:
    """The rows of the most frequent words that a shard holds; there may be none."""
    rows = max(0, HEAD - shard.start)
    return Shard(shard.start, shard.inputs[:rows], shard.outputs[:rows])


@single_thread()
def curvatures(corpus: Corpus, parameters: SGNSParameters, *heads: Shard) -> tuple[Curvature, Curvature]:
    """The curvature of the loss in the rows of each matrix, from the frequent rows of the other."""
    inputs, outputs = (np.concatenate([getattr(each, matrix) for each in heads]) for matrix in ("inputs", "outputs"))
    for_inputs, for_outputs = frequencies(corpus, parameters).weights()
    return Curvature.of(inputs, outputs, for_inputs[:HEAD]), Curvature.of(outputs, inputs, for_outputs[:HEAD])


@single_thread()
def merge(
    corpus: Corpus, parameters: SGNSParameters, turn: Round, curved: tuple[Curvature, Curvature], shard: Shard,
    *changes: Changes,
) -> Shard:  # fmt: skip
    """The shard's next version, after the changes of all replicas of a round in order."""
    own = shard.start, shard.start + len(shard.inputs)
    expected, following = frequencies(corpus, parameters), []
    for place, (matrix, visit) in enumerate(zip(("inputs", "outputs"), expected.visits(parameters), strict=True)):
        often = expected[place]
        updates = often[slice(*own)] * np.float32(turn.tokens)
        rates = curved[place].slopes_of(*own, min(HEAD, often.size)) * np.float32(turn.mean_rate)
        deltas = [
            RowDelta(each.rows.words[place] - shard.start, getattr(each.rows, matrix), each.replicas[place])
            for each in changes
        ]
        step = Step(updates, visit, rates, curved[place], len(turn.spans))
        following.append(merged(getattr(shard, matrix), deltas, step))
    inputs, outputs = following
    fluxes = inputs.flux, outputs.flux.T
    if shard.flux is not None:
        fluxes = shard.flux[0] + fluxes[0], shard.flux[1] + fluxes[1]
    return Shard(shard.start, inputs.rows, outputs.rows, fluxes)


@single_thread()
def moments(shard: Shard) -> Moments:
    """What a shard contributes to the balance of the two matrices; it was merged since the last correction."""
    assert shard.flux is not None
    return Moments(*shard.flux, product(shard.inputs, shard.inputs), product(shard.outputs, shard.outputs))


def balance(*parts: Moments) -> npt.NDArray[np.float32]:
    """The correction that all shards come to."""
    return correction(parts)


def balanced(shard: Shard, change: npt.NDArray[np.float32]) -> Shard:
    """A shard after a correction."""
    return Shard(shard.start, *corrected(shard.inputs, shard.outputs, change))


def measure(corpus: Corpus, parameters: SGNSParameters, *taken: Rows) -> tuple[float, float | None]:
    """The mean loss of a pair, and that of the held-out documents, from the rows it is measured with."""
    training, held_out = corpus.training(parameters), corpus.held_out(parameters)
    return losses(training, held_out, assembled(training.vocabulary_size, *taken))
