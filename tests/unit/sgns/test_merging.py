from __future__ import annotations

import numpy as np

from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.merging import RowDelta, average
from dsgns.sgns.task_rounds import Rows, Shard, assembled, merge, take


def words(*ids: int) -> np.ndarray:
    return np.array(ids, np.int32)


def test_the_average_is_over_all_replicas_not_those_that_touched_a_row():
    shard = np.zeros((4, 2), np.float32)
    ones = np.ones((2, 2), np.float32)
    average(shard, [RowDelta(words(0, 2), ones), RowDelta(words(2, 3), 3 * ones)], replicas=2)
    np.testing.assert_array_equal(shard[:, 0], [0.5, 0, 2, 1.5])


def test_rows_taken_from_shards_and_merged_unchanged_change_nothing():
    rng = np.random.default_rng(0)
    shards = [Shard(start, *rng.normal(size=(2, 5, 16)).astype(np.float32)) for start in (0, 5, 10)]
    wanted = RowMaps(words(0, 4, 5, 14), words(6, 7))
    taken = [take(shard, wanted) for shard in shards]
    model = assembled(15, *taken)
    np.testing.assert_array_equal(model.maps.inputs[wanted.inputs], [0, 1, 2, 3])
    np.testing.assert_array_equal(model.inputs[3], shards[2].inputs[4])
    np.testing.assert_array_equal(model.outputs, shards[1].outputs[1:3])
    assert (np.delete(model.maps.outputs, [6, 7]) == -1).all()
    for shard, rows in zip(shards, taken, strict=True):
        nothing = Rows(rows.words, np.zeros_like(rows.inputs), np.zeros_like(rows.outputs))
        merged = merge(shard, nothing, nothing)
        np.testing.assert_array_equal(merged.inputs, shard.inputs)
        np.testing.assert_array_equal(merged.outputs, shard.outputs)


def test_merging_leaves_its_arguments_alone():
    shard = Shard(10, np.zeros((3, 16), np.float32), np.zeros((3, 16), np.float32))
    changes = Rows(RowMaps(words(11), words(10, 12)), np.ones((1, 16), np.float32), np.ones((2, 16), np.float32))
    merged = merge(shard, changes)
    assert not shard.inputs.any()
    assert not shard.outputs.any()
    assert merged.start == 10
    np.testing.assert_array_equal(merged.inputs[:, 0], [0, 1, 0])
    np.testing.assert_array_equal(merged.outputs[:, 0], [1, 0, 1])
