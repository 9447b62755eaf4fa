from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import DivergedError
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import (
    History,
    read_history,
    read_model,
    require_finite,
    state_blocks,
    write_history,
    write_model,
)
from dsgns.sgns.model import initial_inputs, initial_model
from dsgns.sgns.training import Trained


def test_a_model_comes_back_as_it_was_written(workspace):
    output = workspace.output("sgns", "k-00000000")
    model = initial_model(10, 20, seed=3)
    model.outputs[:, 3] = np.arange(10)
    grid = [(0, 4), (4, 10)]
    write_model(output, 7, model, grid)
    assert sorted(output.manifests("checkpoint")) == sorted(state_blocks(7, grid))
    known = read_model(output, 7, 20, grid)
    np.testing.assert_array_equal(known.inputs, model.inputs)
    np.testing.assert_array_equal(known.outputs, model.outputs)


def test_a_history_comes_back_as_it_was_written(workspace):
    output = workspace.output("sgns", "k-00000000")
    history = History().trained(Trained(5, 1)).trained(Trained(2, 2)).measured(1.5, None).measured(1.25, 2.0)
    write_history(output, 3, history)
    assert read_history(output, 3) == history == History(7, 3, (1.5, 1.25), (2.0,))


def test_the_initial_state_is_keyed_by_row():
    whole = initial_inputs(0, 20, 10, seed=4)
    np.testing.assert_array_equal(initial_inputs(7, 12, 10, seed=4), whole[7:12])
    assert whole.ctypes.data % 64 == 0
    assert not whole[:, 10:].any()
    assert np.abs(whole).max() < 0.05
    assert len(np.unique(whole[:, :10])) == 200
    assert abs(float(whole[:, :10].mean())) < 0.01


@pytest.mark.parametrize(("matrix", "value"), [(0, np.nan), (0, np.inf), (1, np.nan), (1, -np.inf)])
def test_numbers_that_are_none_stop_the_training(matrix, value):
    model = initial_model(10, 20, seed=3)
    require_finite(model, SGNSParameters(), "epoch 1")
    model[matrix][3, 4] = value
    with pytest.raises(DivergedError, match=r"in epoch 1\. Lower --alpha \(now 0\.05\), and train again"):
        require_finite(model, SGNSParameters(), "epoch 1")
    with pytest.raises(DivergedError, match=r"fewer --replicas \(now 8\)"):
        require_finite(model, SGNSParameters(replicas=8), "epoch 1")
