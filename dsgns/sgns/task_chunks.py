"""Several replicas: what one of them does in a round, as pure functions from arrays to arrays.

``touched`` foresees which rows a chunk of the corpus updates, ``take`` copies those out of each shard, and
``train_chunks`` trains on the copies and returns the changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import require_finite
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.kernels.rows import settle
from dsgns.sgns.model import Model, aligned_zeros
from dsgns.sgns.schedule import Span, evaluation_spans
from dsgns.sgns.shard import Shard
from dsgns.sgns.task import losses
from dsgns.sgns.training import Trained


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
    """The words whose rows some replicas update.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    replicas
        int32, beside the words: how many of the replicas update each.
    updates
        int32, beside the words: how often they do together.
    chunks
        The words of each replica alone.
    """

    words: RowMaps
    replicas: RowMaps
    updates: RowMaps
    chunks: tuple[RowMaps, ...]


class Changes(NamedTuple):
    """How some replicas changed some rows of a shard: the sum of their changes.

    Parameters
    ----------
    rows
        The changes.
    replicas, updates
        int32: how many replicas changed each row, and how often together.
    trained
        How much they trained, in this shard and all others.
    """

    rows: Rows
    replicas: RowMaps
    updates: RowMaps
    trained: Trained


def touched(corpus: Corpus, parameters: SGNSParameters, spans: Sequence[Span]) -> Touched:
    """The words whose rows the chunks of some replicas will update, and how often they will."""
    training = corpus.chunks(parameters)
    replicas, updates = (RowMaps(*(np.zeros(training.vocabulary_size, np.int32) for _ in range(2))) for _ in range(2))
    chunks: list[RowMaps] = []
    for span in spans:
        counts = training.updates([span])
        chunks.append(_nonzero(counts))
        for place, ids in enumerate(chunks[-1]):
            replicas[place][ids] += 1
            updates[place][ids] += counts[place][ids]
    words = _nonzero(replicas)
    return Touched(words, _at(replicas, words), _at(updates, words), tuple(chunks))


def touched_by_loss(corpus: Corpus, parameters: SGNSParameters) -> Touched:
    """The words whose rows the loss is measured with."""
    found = [
        training.touched(evaluation_spans(training.stream.length))
        for training in (corpus.training(parameters), corpus.held_out(parameters))
    ]
    words = RowMaps(*(np.unique(np.concatenate(words)) for words in zip(*found, strict=True)))
    nobody = RowMaps(*(np.zeros_like(ids) for ids in words))
    return Touched(words, nobody, nobody, ())


def _nonzero(counts: RowMaps) -> RowMaps:
    # NumPy lists what is true many times as fast as what is not zero.
    return RowMaps(*(np.flatnonzero(each > 0).astype(np.int32) for each in counts))


def _at(values: RowMaps, words: RowMaps) -> RowMaps:
    return RowMaps(*(each[ids] for each, ids in zip(values, words, strict=True)))


def take(shard: Shard, touched: Touched) -> Rows:
    """Copies of a shard's rows for those of the words that it holds."""
    held = RowMaps(*(within(ids, shard.start, shard.start + len(shard.inputs)) for ids in touched.words))
    inputs, outputs = (ids - np.int32(shard.start) for ids in held)
    return Rows(held, shard.inputs.take(inputs, axis=0), shard.outputs.take(outputs, axis=0))


def train_chunks(
    corpus: Corpus, parameters: SGNSParameters, spans: Sequence[Span], touched: Touched, *taken: Rows
) -> list[Changes]:
    """Train the chunks of some replicas, each on the rows as they were taken, one set from each shard in order.

    Returns
    -------
    Their changes to each shard.
    """
    training = corpus.chunks(parameters)
    model = assembled(training.vocabulary_size, *taken)
    total = model if len(spans) == 1 else Model(aligned_zeros(*model.inputs.shape), aligned_zeros(*model.outputs.shape))
    trained = Trained()
    for span, words in zip(spans, touched.chunks, strict=True):
        trained = trained.plus(training.train(model, span))
        if total is not model:
            _settle(total, model, _at(model.maps, words), taken)
    changes = [Changes(*parts, trained) for parts in _by_shard(total, touched, taken)]
    if total is model:
        for changed, rows in zip(changes, taken, strict=True):
            changed.rows.inputs[:] -= rows.inputs
            changed.rows.outputs[:] -= rows.outputs
    where = f"epoch {spans[0].epoch + 1}, tokens {spans[0].start:,} to {spans[-1].stop:,}"
    require_finite(total, parameters, where)
    return changes


def _settle(total: Model, model: Model, places: RowMaps, taken: Sequence[Rows]) -> None:
    """Add what a chunk changed to the total, and put the model back; ``places`` are the rows that it updated."""
    for own, rows in zip(_ranges(taken), taken, strict=True):
        for place, (matrix, ours) in enumerate(zip(("inputs", "outputs"), own, strict=True)):
            settled = within(places[place], ours.start, ours.stop) - np.int32(ours.start)
            settle(getattr(total, matrix)[ours], getattr(model, matrix)[ours], getattr(rows, matrix), settled)


def _ranges(taken: Sequence[Rows]) -> Iterator[tuple[slice, slice]]:
    """Where the rows from each shard lie in both matrices of the model that they make together."""
    edges = [np.cumsum([0, *(len(getattr(rows, matrix)) for rows in taken)]) for matrix in ("inputs", "outputs")]
    for inputs, outputs in zip(pairwise(edges[0]), pairwise(edges[1]), strict=True):
        yield slice(*inputs), slice(*outputs)


def _by_shard(model: Model, touched: Touched, taken: Sequence[Rows]) -> Iterator[tuple[Rows, RowMaps, RowMaps]]:
    """A model's rows, as views, with who touched them and how often, for each shard that they came from."""
    for rows, own in zip(taken, _ranges(taken), strict=True):
        replicas, updates = (
            RowMaps(*(each[ours] for each, ours in zip(counts, own, strict=True)))
            for counts in (touched.replicas, touched.updates)
        )
        yield Rows(rows.words, model.inputs[own[0]], model.outputs[own[1]]), replicas, updates


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


def changes_to(changes: Sequence[Changes], k: int) -> Changes:
    """Those to the ``k``-th shard."""
    return changes[k]


def measure(corpus: Corpus, parameters: SGNSParameters, *taken: Rows) -> tuple[float, float | None]:
    """The mean loss of a pair, and that of the held-out documents, from the rows it is measured with."""
    training, held_out = corpus.training(parameters), corpus.held_out(parameters)
    return losses(training, held_out, assembled(training.vocabulary_size, *taken))
