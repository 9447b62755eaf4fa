from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dsgns.parameters import SGNSParameters
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.model import Model
from dsgns.sgns.rows import Held, Touched, assembled, take
from dsgns.sgns.schedule import Span
from dsgns.sgns.shard import Shard, initial_shard
from dsgns.sgns.task import losses
from dsgns.sgns.task_chunks import measure, touched, touched_by_loss, train_chunks

PARAMETERS = SGNSParameters(vector_size=16, window=3, negative=3, sample=0.0)


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


def test_rows_taken_from_shards_make_one_model():
    rng = np.random.default_rng(0)
    shards = [Shard(start, *rng.normal(size=(2, 5, 16)).astype(np.float32)) for start in (0, 5, 10)]
    words = RowMaps(ids(0, 4, 5, 14), ids(6, 7))
    known = Touched(words, words, words, ())
    # Some shards are where the task is, and of others it has copies.
    sources = [shards[0], take(shards[1], known), shards[2]]
    model = assembled(15, [Held.of(source, known) for source in sources])
    np.testing.assert_array_equal(model.maps.inputs[words.inputs], [0, 1, 2, 3])
    np.testing.assert_array_equal(model.inputs[3], shards[2].inputs[4])
    np.testing.assert_array_equal(model.outputs, shards[1].outputs[1:3])
    assert (np.delete(model.maps.outputs, [6, 7]) == -1).all()


def test_a_task_of_several_chunks_sums_what_each_would_have_changed(corpus):
    shards = [initial_shard(PARAMETERS, start, start + 40) for start in (0, 40, 80)]
    spans = [Span(0, start, start + 300, 0.05, 0.0) for start in (0, 5_000, 9_000)]

    def trained(*some: Span):
        known = touched(corpus, PARAMETERS, some)
        return train_chunks(corpus, PARAMETERS, some, known, *(take(shard, known) for shard in shards))

    together, alone = trained(*spans), [trained(span) for span in spans]
    assert together[0].trained.pairs == sum(changes[0].trained.pairs for changes in alone)
    for k in range(3):
        for place, matrix in enumerate(("inputs", "outputs")):
            dense = np.zeros((120, 16), np.float32)
            replicas, updates = np.zeros(120, int), np.zeros(120, int)
            for changes in alone:
                words = changes[k].rows.words[place]
                dense[words] += getattr(changes[k].rows, matrix)
                replicas[words] += changes[k].replicas[place]
                updates[words] += changes[k].updates[place]
            found = together[k]
            np.testing.assert_array_equal(getattr(found.rows, matrix), dense[found.rows.words[place]])
            np.testing.assert_array_equal(found.replicas[place], replicas[found.rows.words[place]])
            np.testing.assert_array_equal(found.updates[place], updates[found.rows.words[place]])


@pytest.mark.parametrize("chunks", [1, 2])
def test_where_rows_are_read_makes_no_difference(corpus, chunks):
    shards = [initial_shard(PARAMETERS, start, start + 40) for start in (0, 40, 80)]
    spans = [Span(0, start, start + 300, 0.05, 0.0) for start in (0, 5_000)[:chunks]]
    known = touched(corpus, PARAMETERS, spans)
    copied = train_chunks(corpus, PARAMETERS, spans, known, *(take(shard, known) for shard in shards))
    mixed = train_chunks(corpus, PARAMETERS, spans, known, shards[0], take(shards[1], known), shards[2])
    for there, here in zip(copied, mixed, strict=True):
        assert there.rows.inputs.any()
        for one, other in zip((*there.rows.words, *there.rows[1:]), (*here.rows.words, *here.rows[1:]), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("replicas", [1, 4, 16])
def test_the_loss_is_the_same_function_of_the_rows_at_any_number_of_replicas(corpus, replicas):
    rng = np.random.default_rng(1)
    rows = rng.normal(scale=0.3, size=(2, 120, 16)).astype(np.float32)
    whole = Model(*rows)
    expected = losses(corpus.training(PARAMETERS), corpus.held_out(PARAMETERS), whole)
    known = touched_by_loss(corpus, replace(PARAMETERS, replicas=replicas))
    edges = np.linspace(0, 120, replicas + 1).astype(int)
    shards = [Shard(start, *rows[:, start:stop]) for start, stop in pairwise(edges.tolist())]
    # As a worker has them: its own shards whole, copies of what it needs of the others.
    sources = [shard if k % 3 == 0 else take(shard, known) for k, shard in enumerate(shards)]
    assert measure(corpus, replace(PARAMETERS, replicas=replicas), known, *sources) == expected
    assert None not in expected
