from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dsgns.parameters import SGNSParameters
from dsgns.sgns.grid import row_grid
from dsgns.sgns.model import initial_model
from dsgns.sgns.pieces import ArrayStream
from dsgns.sgns.plan import (
    expected_rows,
    longest_rounds,
    model_bytes,
    projected_interval,
    projected_round,
    training_bytes,
)
from dsgns.sgns.schedule import Span
from dsgns.sgns.training import Training

WIKIPEDIA = SGNSParameters(vector_size=300)


def test_the_model_is_two_padded_matrices():
    model = initial_model(50, 20, seed=1)
    assert model_bytes(50, 20) == model.inputs.nbytes + model.outputs.nbytes == 2 * 50 * 32 * 4


@pytest.mark.parametrize("exact", [False, True])
def test_the_rows_a_chunk_touches_are_foreseen(exact):
    rng = np.random.default_rng(0)
    probabilities = 1 / np.arange(1, 3001)
    ids = rng.choice(3000, size=5_000, p=probabilities / probabilities.sum()).astype(np.int32)
    counts = np.maximum((1e6 * probabilities / probabilities.sum()).astype(np.int64), 1)
    parameters = replace(WIKIPEDIA, sample=1e-2, exact=exact)
    words = Training.over(ArrayStream(ids), counts, parameters).touched([Span(0, 0, ids.size)])
    found = words.inputs.size + words.outputs.size
    assert expected_rows(counts, ids.size, parameters) == pytest.approx(found, rel=0.05)


def test_a_model_of_wikipedia_needs_its_bytes_and_little_more():
    grid = row_grid(400_000, 300)
    model = model_bytes(400_000, 300)
    assert model < projected_interval(400_000, WIKIPEDIA, grid) < 1.16 * model


def test_more_threads_and_replicas_need_more():
    counts, grid = np.full(1000, 100), row_grid(1000, 300)
    assert training_bytes(1000, replace(WIKIPEDIA, threads=2)) > training_bytes(1000, WIKIPEDIA)
    chunks = replace(WIKIPEDIA, round_tokens=40_000)
    needs = [projected_round(counts, 10**6, replace(chunks, replicas=n), grid, workers=2) for n in (2, 4, 8)]
    assert needs == sorted(needs)
    assert len(set(needs)) == 3


@pytest.mark.parametrize("replicas", [2, 16])
def test_the_longest_rounds_fit_and_longer_ones_do_not(replicas):
    counts, grid = (2e9 / np.arange(10, 50_010)).astype(np.int64), row_grid(50_000, 300, replicas)
    parameters = replace(WIKIPEDIA, replicas=replicas)

    def projected(tokens: int) -> int:
        return projected_round(counts, 10**9, replace(parameters, round_tokens=tokens), grid, workers=2)

    allowed = [projected(tokens) for tokens in (2_000, 8_000, 20_000)]
    found = [longest_rounds(counts, 10**9, parameters, grid, 2, each) for each in allowed]
    assert found == sorted(set(found)), "more memory, longer rounds"
    for tokens, most in zip(found, allowed, strict=True):
        assert projected(tokens) <= most < projected(tokens + 1_000)
    assert longest_rounds(counts, 10**9, parameters, grid, 2, 1 << 20) is None


def test_more_workers_share_the_shards():
    counts, grid = np.full(400_000, 100), row_grid(400_000, 300)
    parameters = replace(WIKIPEDIA, replicas=8)
    few, many = (projected_round(counts, 10**8, parameters, grid, workers) for workers in (2, 8))
    assert many < few


def test_grids_cover_the_rows_in_blocks_of_bounded_size():
    grid = row_grid(400_000, 300)
    assert grid[0][0] == 0
    assert grid[-1][1] == 400_000
    assert all(before[1] == after[0] for before, after in pairwise(grid))
    assert max(stop - start for start, stop in grid) * 304 * 4 <= 32 << 20
    assert len(row_grid(10_000, 16)) == 1
    assert len(row_grid(10_000, 16, replicas=4)) == 2
    assert len(row_grid(1, 16, replicas=4)) == 1
