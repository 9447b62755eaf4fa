"""Factorisations that begin with the vectors of another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsgns.errors import MissingOutputError, ParameterError
from dsgns.parameters import SVDParameters
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from dsgns.svd import plan as plan_module
from dsgns.svd.iterate import Iterate
from dsgns.svd.start import random_start
from dsgns.svd.task_multiply import copy_start
from dsgns.svd.warm import KnownVectors
from tests.support.serial import SerialEngine
from tests.unit.svd.cases import ROOMY, Case, Interrupted, triplets
from tests.unit.svd.made import folded, topical_counts

SIZE = 700
COLD = SVDParameters(vector_size=40, power_iterations=4)


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    return topical_counts(SIZE, topics=40, tokens=100_000)


@pytest.fixture
def before(workspace, monkeypatch, counts) -> Output:
    """A cold result, of the matrix smoothed otherwise."""
    return Case(counts, *folded(counts, cds=1.0)).factorize(workspace, monkeypatch, COLD)


def energy(output: Output) -> float:
    return float(np.sum(triplets(output)[1] ** 2))


def test_fewer_passes_get_as_far(workspace, monkeypatch, counts, before):
    case = Case(counts, *folded(counts, cds=0.75))
    cold = case.factorize(workspace, monkeypatch, replace(COLD, seed=2))
    few = replace(COLD, power_iterations=3)
    warm = case.factorize(workspace, monkeypatch, replace(few, init=before.key))
    assert (cold.facts["passes"], warm.facts["passes"]) == (10, 6)
    assert energy(warm) > 0.998 * energy(cold)
    as_few = case.factorize(workspace, monkeypatch, replace(COLD, power_iterations=2))
    assert as_few.facts["passes"] == 6
    assert energy(as_few) < 0.99 * energy(cold), "nothing was to be gained"


@pytest.mark.parametrize("vector_size", [10, 40, 150])
def test_results_of_other_sizes_will_do(workspace, monkeypatch, counts, before, vector_size):
    case = Case(counts, *folded(counts))
    parameters = SVDParameters(vector_size=vector_size, power_iterations=5, init=before.key)
    output = case.factorize(workspace, monkeypatch, parameters)
    left, values, right = (part.astype(np.float64) for part in triplets(output))
    np.testing.assert_allclose(right.T @ right, np.eye(vector_size), atol=2e-6)
    assert (np.linalg.norm(case.matrix @ right - left * values, axis=0) / values).max() < 1e-5
    exact = np.linalg.svd(case.matrix, compute_uv=False)[:vector_size]
    assert values @ values > 0.998 * (exact @ exact)


@pytest.mark.parametrize(("count", "width"), [(5, 16), (5, 5), (5, 3)])
def test_the_start_is_what_is_known_and_then_at_random(workspace, monkeypatch, counts, before, count, width):
    known, right = KnownVectors(before, count), triplets(before)[2]
    cuts = (0, 1, width)
    target = Iterate(workspace.output("svd", "target"), "start", (0, 300, SIZE), cuts)
    manifests = [copy_start(known, target, *place, 3) for place in target.files().values()]
    found, shared = target.read(0, SIZE), min(count, width)
    np.testing.assert_array_equal(found[:, :shared], right[:, :shared])
    if width > count:
        buckets, weights = random_start(SIZE, width - count, 3)
        rest = np.zeros((SIZE, width - count), np.float32)
        rest[np.arange(SIZE), buckets] = weights
        np.testing.assert_array_equal(found[:, count:], rest)
    assert all(manifest.facts == {"shift": None} for manifest in manifests)


def test_bits_do_not_depend_on_memory_or_blocks(monkeypatch, tmp_path, counts):
    monkeypatch.setattr(plan_module, "_PANEL_ROWS", 256)
    monkeypatch.setattr(plan_module, "_OUTPUT_BYTES", 1 << 16)
    monkeypatch.setattr(SerialEngine, "require", lambda *_: None)
    found = []
    for memory, grid in ((ROOMY, [0, SIZE]), (plan_module.projected_multiply_bytes(SIZE, 64), [0, 1, 300, SIZE])):
        workspace, case = Workspace.create(str(tmp_path / str(memory))), Case(counts, *folded(counts), grid)
        cold = case.factorize(workspace, monkeypatch, SVDParameters(vector_size=20, power_iterations=1))
        parameters = SVDParameters(vector_size=100, power_iterations=2, init=cold.key)
        warm = case.factorize(workspace, monkeypatch, parameters, SerialEngine(memory))
        found.append((len(warm.plan["bands"]), digests(warm)))
    assert [bands for bands, _ in found] == [2, 3]
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize("tasks", [2, 5, 8])
def test_an_interrupted_run_goes_on_to_the_same_bytes(workspace, monkeypatch, counts, before, tasks):
    case = Case(counts, *folded(counts))
    parameters = SVDParameters(vector_size=40, power_iterations=2, init=before.key)
    with pytest.raises(KeyboardInterrupt):
        case.factorize(workspace, monkeypatch, parameters, Interrupted(tasks))
    resumed = digests(case.factorize(workspace, monkeypatch, parameters))
    workspace.output("svd", next(key for key in workspace.keys("svd") if key != before.key)).remove("")
    assert digests(case.factorize(workspace, monkeypatch, parameters)) == resumed


def test_the_start_belongs_to_the_key(workspace, monkeypatch, counts, before):
    case = Case(counts, *folded(counts, cds=1.0))
    warm = case.factorize(workspace, monkeypatch, replace(COLD, init=before.key))
    again = case.factorize(workspace, monkeypatch, replace(COLD, init=warm.key))
    assert len({before.key, warm.key, again.key}) == 3
    assert warm.parameters["init"] == before.key


def test_a_result_that_is_not_there_is_refused(workspace, monkeypatch, counts):
    with pytest.raises(MissingOutputError, match=r"init is 'd40-nowhere'.* There are: none yet"):
        Case(counts, *folded(counts)).factorize(workspace, monkeypatch, replace(COLD, init="d40-nowhere"))


def test_a_result_over_other_words_is_refused(workspace, monkeypatch, counts, before):
    before.finish({**before.record, "facts": before.facts | {"vocabulary": "others"}})
    with pytest.raises(ParameterError, match="over the vocabulary others; it must be over that of the counts, v"):
        Case(counts, *folded(counts)).factorize(workspace, monkeypatch, replace(COLD, init=before.key))
