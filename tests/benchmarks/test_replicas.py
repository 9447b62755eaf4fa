"""Trainings beside one replica: what is trained, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.replicas import trainings
from tests.benchmarks.replicas_table import Row, draw, means, means_table, table


def rows() -> list[Row]:
    scores = {(1, 1): 0.40, (1, 2): 0.44, (1, 3): 0.42, (16, 1): 0.41, (16, 2): 0.45}
    return [
        {"replicas": replicas, "seed": seed, "seconds": 1.0, "figures": {"semantic": [score, 0.01, 0.005]}}
        for (replicas, seed), score in scores.items()
    ]


def test_each_seed_begins_with_one_replica_and_some_end_with_it() -> None:
    assert list(trainings([1, 2], [2, 3], [16, 4])) == [(1, [1, 4, 16]), (2, [1, 4, 16]), (3, [1])]


def test_the_error_of_a_mean_is_what_trainings_of_one_replica_scatter_by() -> None:
    alone, many = means(rows())["semantic"]
    assert (alone.score, alone.seeds, many.seeds) == (pytest.approx(0.42), 3, 2)
    assert alone.standard_error == pytest.approx(np.std([0.40, 0.44, 0.42], ddof=1))
    assert many.difference == pytest.approx(0.01)
    assert many.standard_error == pytest.approx(0.02 * np.sqrt(1 / 2 + 1 / 3))


def test_tables_and_drawing_have_every_training(tmp_path: Path) -> None:
    assert table(rows()).count("0.005") == 5
    assert "0.430 (+0.010 +- 0.018)" in means_table(means(rows()))
    drawing = draw(rows(), tmp_path / "replicas.svg")
    assert drawing is None or drawing.stat().st_size > 0
