"""Several replicas: the steps of a round, as pure functions from arrays to arrays.

The rows live in shards, ``take`` copies out what a replica's chunk touches, ``train_chunk`` trains on the copies,
and ``merge`` makes a shard's next version from its last and all replicas' changes. Nothing changes its arguments,
so a step that is lost with its worker can be run again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import read_rows, require_finite, write_rows
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.merging import RowDelta, average
from dsgns.sgns.model import Model, aligned_zeros, initial_inputs
from dsgns.sgns.schedule import Span, evaluation_spans
from dsgns.sgns.task import losses
from dsgns.sgns.training import Trained
from dsgns.store import Output


class Shard(NamedTuple):
    """A range of rows of both matrices.

    Parameters
    ----------
    start
        Word id of the first row.
    inputs, outputs
        float32, shape (rows, padded d).
    """

    start: int
    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]


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


class Update(NamedTuple):
    """What a replica's chunk came to: changed rows, shard by shard, and how much it trained."""

    changes: list[Rows]
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


def touched(corpus: Corpus, parameters: SGNSParameters, span: Span) -> RowMaps:
    """The words whose rows a chunk will touch, int32, ascending, for either matrix."""
    return corpus.training(parameters).touched([span])


def touched_by_loss(corpus: Corpus, parameters: SGNSParameters) -> RowMaps:
    """The words whose rows the loss is measured with."""
    found = [
        training.touched(evaluation_spans(training.stream.length))
        for training in (corpus.training(parameters), corpus.held_out(parameters))
    ]
    return RowMaps(*(np.unique(np.concatenate(words)) for words in zip(*found, strict=True)))


def take(shard: Shard, words: RowMaps) -> Rows:
    """Copies of a shard's rows for those of the words that it holds."""
    held = RowMaps(*(within(ids, shard.start, shard.start + len(shard.inputs)) for ids in words))
    return Rows(held, shard.inputs[held.inputs - shard.start], shard.outputs[held.outputs - shard.start])


def train_chunk(corpus: Corpus, parameters: SGNSParameters, span: Span, *taken: Rows) -> Update:
    """Train a chunk on copies of the rows it touches, one set from each shard in order."""
    training = corpus.training(parameters)
    model = assembled(training.vocabulary_size, *taken)
    trained = training.train(model, span)
    require_finite(model, parameters, f"epoch {span.epoch + 1}, tokens {span.start:,} to {span.stop:,}")
    changes, first = [], (0, 0)
    for rows in taken:
        last = (first[0] + len(rows.inputs), first[1] + len(rows.outputs))
        inputs, outputs = model.inputs[first[0] : last[0]], model.outputs[first[1] : last[1]]
        inputs -= rows.inputs
        outputs -= rows.outputs
        changes.append(Rows(rows.words, inputs, outputs))
        first = last
    return Update(changes, trained)


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


def changes_to(update: Update, k: int) -> Rows:
    """What an update changes in the ``k``-th shard."""
    return update.changes[k]


def trained_by(update: Update) -> Trained:
    """How much an update trained."""
    return update.trained


def merge(shard: Shard, *changes: Rows) -> Shard:
    """The shard's next version, after the changes of all replicas of a round in order."""
    following = Shard(shard.start, shard.inputs.copy(), shard.outputs.copy())
    replicas = len(changes)
    average(following.inputs, [RowDelta(rows.words.inputs - shard.start, rows.inputs) for rows in changes], replicas)
    average(following.outputs, [RowDelta(rows.words.outputs - shard.start, rows.outputs) for rows in changes], replicas)
    return following


def measure(corpus: Corpus, parameters: SGNSParameters, *taken: Rows) -> tuple[float, float | None]:
    """The mean loss of a pair, and that of the held-out documents, from the rows it is measured with."""
    training, held_out = corpus.training(parameters), corpus.held_out(parameters)
    return losses(training, held_out, assembled(training.vocabulary_size, *taken))
