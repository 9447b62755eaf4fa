"""Several replicas: what one of them does in a round, as pure functions from arrays to arrays.

``touched`` foresees which rows a chunk of the corpus updates, and ``train_chunks`` trains on copies of them and
returns the changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import require_finite
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.kernels.rows import settle, subtract_rows
from dsgns.sgns.model import Model, aligned_zeros
from dsgns.sgns.rows import Held, Rows, Touched, assembled, ranges
from dsgns.sgns.schedule import Span, evaluation_spans
from dsgns.sgns.shard import Shard
from dsgns.sgns.task import losses
from dsgns.sgns.training import Trained


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


def train_chunks(
    corpus: Corpus, parameters: SGNSParameters, spans: Sequence[Span], touched: Touched, *sources: Shard | Rows
) -> list[Changes]:
    """Train the chunks of some replicas, each on the rows as all shards, or what was taken of them, have them.

    Returns
    -------
    Their changes to each shard.
    """
    training, held = corpus.chunks(parameters), [Held.of(source, touched) for source in sources]
    model = assembled(training.vocabulary_size, held)
    total = model if len(spans) == 1 else Model(aligned_zeros(*model.inputs.shape), aligned_zeros(*model.outputs.shape))
    trained = Trained()
    for span, words in zip(spans, touched.chunks, strict=True):
        trained = trained.plus(training.train(model, span))
        if total is not model:
            _settle(total, model, _at(model.maps, words), held)
    if total is model:
        for rows, own in zip(held, ranges(held), strict=True):
            for place, ours in enumerate(own):
                subtract_rows(model[place][ours], rows.matrices[place], rows.origins[place])
    require_finite(total, parameters, f"epoch {spans[0].epoch + 1}, tokens {spans[0].start:,} to {spans[-1].stop:,}")
    return [Changes(*parts, trained) for parts in _by_shard(total, touched, held)]


def _settle(total: Model, model: Model, places: RowMaps, held: Sequence[Held]) -> None:
    """Add what a chunk changed to the total, and put the model back; ``places`` are the rows that it updated."""
    for rows, own in zip(held, ranges(held), strict=True):
        for place, ours in enumerate(own):
            settled = within(places[place], ours.start, ours.stop) - np.int32(ours.start)
            before = rows.matrices[place], rows.origins[place]
            settle(total[place][ours], model[place][ours], *before, settled)


def _by_shard(model: Model, touched: Touched, held: Sequence[Held]) -> Iterator[tuple[Rows, RowMaps, RowMaps]]:
    """A model's rows, as views, with who touched them and how often, for each shard that they came from."""
    for rows, own in zip(held, ranges(held), strict=True):
        replicas, updates = (
            RowMaps(*(each[ours] for each, ours in zip(counts, own, strict=True)))
            for counts in (touched.replicas, touched.updates)
        )
        yield Rows(rows.words, model.inputs[own[0]], model.outputs[own[1]]), replicas, updates


def changes_to(changes: Sequence[Changes], k: int) -> Changes:
    """Those to the ``k``-th shard."""
    return changes[k]


def measure(
    corpus: Corpus, parameters: SGNSParameters, touched: Touched, *sources: Shard | Rows
) -> tuple[float, float | None]:
    """The mean loss of a pair, and that of the held-out documents, from the rows it is measured with."""
    training, held_out = corpus.training(parameters), corpus.held_out(parameters)
    held = [Held.of(source, touched) for source in sources]
    return losses(training, held_out, assembled(training.vocabulary_size, held))
