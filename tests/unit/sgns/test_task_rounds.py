from __future__ import annotations

import numpy as np
import pytest

from dsgns.sgns.shard import Shard
from dsgns.sgns.task_rounds import balanced, moments
from dsgns.sgns.training import Trained


@pytest.mark.parametrize(("rows", "error"), [(500, 1e-5), (50_000, 0.1)])
def test_second_moments_of_many_rows_are_told_by_a_sample(rows, error):
    rng = np.random.default_rng(0)
    inputs, outputs = (rng.normal(size=(rows, 8)) * np.arange(1, 9) for _ in range(2))
    nothing = np.zeros((8, 8))
    found = moments(Shard(0, inputs.astype(np.float32), outputs.astype(np.float32), (nothing, nothing)))
    for matrix, squares in ((inputs, found.inputs), (outputs, found.outputs)):
        expected = matrix.T @ matrix
        assert np.linalg.norm(squares - expected) < error * np.linalg.norm(expected)


def test_a_correction_ends_the_flux_and_keeps_what_was_trained():
    ones = np.ones((3, 4), np.float32)
    after = balanced(Shard(7, ones, ones, (np.ones((4, 4)),) * 2, Trained(5, 1)), np.zeros((4, 4), np.float32))
    assert (after.start, after.flux, after.trained) == (7, None, Trained(5, 1))
    np.testing.assert_array_equal(after.inputs, ones)
