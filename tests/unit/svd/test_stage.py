from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds
from sklearn.utils.extmath import randomized_svd

from dsgns.errors import MemoryPromiseError, ParameterError
from dsgns.parameters import PMIParameters, SVDParameters
from dsgns.pmi.formulas import folded_vectors
from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.svd import plan as plan_module
from tests.support.serial import SerialEngine
from tests.unit.svd.cases import ROOMY, Case, Interrupted, triplets
from tests.unit.svd.made import folded, topical_counts


def decaying(size: int, rank: int, ratio: float, seed: int = 0) -> Case:
    """An asymmetric matrix, all cells positive, whose singular values fall by ``ratio``."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.standard_normal((size, rank)))[0]
    values = (basis * ratio ** np.arange(rank)) @ basis.T
    values = 3 * values / np.abs(values).max() + 4
    row, column = rng.uniform(-12, -11, size), rng.uniform(0, 1, size)
    upper = np.triu(np.rint(np.exp(values + 11)).astype(np.int64))
    counts = upper + np.triu(upper, 1).T
    return Case(counts, row + 23, column)


@pytest.fixture(scope="module")
def topical() -> Case:
    counts = topical_counts(3000, topics=60, tokens=400_000)
    return Case(counts, *folded(counts), grid=[0, 40, 41, 700, 3000])


def test_singular_triplets_are_the_exact_ones_where_the_spectrum_falls(workspace, monkeypatch):
    case = decaying(300, 60, 0.8)
    output = case.factorize(workspace, monkeypatch, SVDParameters(vector_size=12))
    left, values, right = triplets(output)
    U, S, Vt = np.linalg.svd(case.matrix)
    np.testing.assert_allclose(values, S[:12], rtol=1e-5)
    np.testing.assert_allclose(np.abs(np.sum(U[:, :12] * left, axis=0)), np.ones(12), atol=1e-5)
    np.testing.assert_allclose(np.abs(np.sum(Vt[:12].T * right, axis=0)), np.ones(12), atol=1e-5)
    np.testing.assert_allclose((left * values) @ right.T, (U[:, :12] * S[:12]) @ Vt[:12], atol=5e-3)


def test_vectors_are_orthonormal_and_residuals_are_true(workspace, monkeypatch, topical):
    output = topical.factorize(workspace, monkeypatch, SVDParameters(vector_size=50, power_iterations=3))
    left, values, right = (part.astype(np.float64) for part in triplets(output))
    np.testing.assert_allclose(left.T @ left, np.eye(50), atol=2e-6)
    np.testing.assert_allclose(right.T @ right, np.eye(50), atol=2e-6)
    assert (np.linalg.norm(topical.matrix @ right - left * values, axis=0) / values).max() < 1e-5
    residuals = np.linalg.norm(topical.matrix.T @ left - right * values, axis=0) / values
    np.testing.assert_allclose(output.read("spectrum")["residuals"], residuals, rtol=0.01, atol=1e-4)
    assert residuals.max() > 0.05, "nothing is left to be told"
    assert output.facts["residual_max"] == output.read("spectrum")["residuals"].max()
    assert (left.sum(axis=0) >= -1e-5).all()
    assert (np.diff(values) <= 0).all()


def test_more_energy_than_scikit_learns_for_as_many_passes(workspace, monkeypatch, topical):
    output = topical.factorize(workspace, monkeypatch, SVDParameters(vector_size=50))
    matrix = csr_array(topical.matrix)
    exact = svds(matrix, 50, return_singular_vectors=False, random_state=0)
    # Ten products each: theirs are M with the start, four times M^T and M, and M^T.
    theirs = randomized_svd(matrix, 50, n_oversamples=30, n_iter=4, random_state=0)[1]
    assert output.facts["passes"] == 10
    ours = output.read("spectrum")["singular_values"]
    energies = [float(s @ s / (exact @ exact)) for s in (ours, theirs)]
    assert energies[0] > energies[1]
    assert 0.99 < energies[0] <= 1 + 1e-6
    assert output.facts["energy"] == pytest.approx((ours @ ours) / (topical.matrix**2).sum(), rel=1e-4)


def test_bits_do_not_depend_on_memory_workers_or_blocks(monkeypatch, tmp_path):
    monkeypatch.setattr(plan_module, "_PANEL_ROWS", 512)
    monkeypatch.setattr(plan_module, "_OUTPUT_BYTES", 1 << 16)
    monkeypatch.setattr(SerialEngine, "require", lambda *_: None)
    counts = topical_counts(1300, topics=30, tokens=100_000)
    tight = plan_module.projected_multiply_bytes(1300, 64)
    found, plans = [], []
    for memory, workers, grid in (
        (ROOMY, 1, [0, 1300]),
        (tight, 1, [0, 1, 1299, 1300]),
        (ROOMY, 2, [0, 40, 41, 700, 1300]),
    ):
        engine = SerialEngine(memory)
        engine.workers = workers
        workspace = Workspace.create(str(tmp_path / str(len(found))))
        case = Case(counts, *folded(counts), grid)
        output = case.factorize(workspace, monkeypatch, SVDParameters(vector_size=100, power_iterations=2), engine)
        found.append(digests(output) | {"residuals": output.read("spectrum")["residuals"].tobytes()})
        plans.append(output.plan)
    assert found[0] == found[1] == found[2]
    assert [len(plan["bands"]) - 1 for plan in plans] == [1, 2, 1]
    assert len({tuple(plan["runs"]) for plan in plans}) == 3
    assert len(plans[0]["panels"]) - 1 == 3


@pytest.fixture(scope="module")
def rooted() -> Case:
    counts = topical_counts(1300, topics=30, tokens=100_000)
    pmi = PMIParameters(transform="root-cca")
    sums = counts.sum(axis=1).astype(np.float64)
    return Case(counts, *folded_vectors(sums, np.ones(1300), 1, pmi), [0, 40, 41, 700, 1300], pmi)


def test_root_cca_is_factorised_as_it_is(workspace, monkeypatch, rooted):
    output = rooted.factorize(workspace, monkeypatch, SVDParameters(vector_size=20, power_iterations=9))
    left, values, right = (part.astype(np.float64) for part in triplets(output))
    np.testing.assert_allclose(values, np.linalg.svd(rooted.matrix, compute_uv=False)[:20], rtol=1e-3)
    assert (np.linalg.norm(rooted.matrix @ right - left * values, axis=0) / values).max() < 1e-5
    residuals = np.linalg.norm(rooted.matrix.T @ left - right * values, axis=0) / values
    np.testing.assert_allclose(output.read("spectrum")["residuals"], residuals, rtol=0.01, atol=1e-4)
    assert output.facts["energy"] == pytest.approx((values @ values) / (rooted.matrix**2).sum(), rel=1e-4)
    assert output.facts["nonzeros"] == np.count_nonzero(rooted.counts)


def test_a_symmetric_matrix_is_kept_once(workspace, monkeypatch, rooted):
    engine, parameters = Weighed(Path(workspace.url) / "svd"), SVDParameters(vector_size=20, power_iterations=1)
    width = rooted.factorize(workspace, monkeypatch, parameters, engine).plan["width"]
    said = plan_module.projected_disk_bytes(1300, np.count_nonzero(rooted.counts), width, 20, sides=1)
    assert engine.most <= said["running"] + 3 * 2 * 8 * (2 * width) ** 2


def test_the_seed_decides(workspace, monkeypatch):
    case = decaying(80, 40, 0.97)
    parameters = [SVDParameters(vector_size=10, power_iterations=1, oversampling=0, seed=seed) for seed in (1, 2)]
    found = [digests(case.factorize(workspace, monkeypatch, given)) for given in parameters]
    assert found[0]["U"] != found[1]["U"]


SMALL = SVDParameters(vector_size=20, power_iterations=3, oversampling=4, tol=1e-9)


@pytest.fixture(scope="module")
def small() -> Case:
    counts = topical_counts(120, topics=8, tokens=20_000)
    return Case(counts, *folded(counts), grid=[0, 10, 50, 120])


@pytest.fixture(scope="module")
def undisturbed(small, tmp_path_factory) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        workspace = Workspace.create(str(tmp_path_factory.mktemp("whole") / "w"))
        return digests(small.factorize(workspace, monkeypatch, SMALL))


@pytest.mark.parametrize("tasks", [4, 16, 31, 42])
def test_an_interrupted_run_goes_on_to_the_same_bytes(workspace, monkeypatch, small, undisturbed, tasks):
    with pytest.raises(KeyboardInterrupt):
        small.factorize(workspace, monkeypatch, SMALL, Interrupted(tasks))
    output = workspace.output("svd", workspace.keys("svd")[0])
    finished = [name for name in output.manifests() if not name.startswith(("work", "cells"))]
    written = {name: output.manifest(name).written for name in finished}
    again = small.factorize(workspace, monkeypatch, SMALL)
    assert again.key == output.key
    assert digests(again) == undisturbed
    assert {name: again.manifest(name).written for name in finished} == written
    assert sorted(again.manifests()) == ["left/00000", "right/00000", "spectrum"]


def test_a_damaged_iterate_is_made_anew(workspace, monkeypatch, small, undisturbed):
    with pytest.raises(KeyboardInterrupt):
        small.factorize(workspace, monkeypatch, SMALL, Interrupted(16))
    output = workspace.output("svd", workspace.keys("svd")[0])
    path = output.path(next(name for name in output.manifests("work") if "right" in name))
    path.write_bytes(path.read_bytes()[::-1])
    assert digests(small.factorize(workspace, monkeypatch, SMALL)) == undisturbed


@pytest.mark.parametrize("tasks", [16, 31])
def test_a_power_cut_may_take_the_manifest_of_any_scaffolding(
    workspace, monkeypatch, tmp_path, small, undisturbed, tasks
):
    with pytest.raises(KeyboardInterrupt):
        small.factorize(workspace, monkeypatch, SMALL, Interrupted(tasks))
    interrupted, saved = Path(workspace.output("svd", workspace.keys("svd")[0]).url), tmp_path / "saved"
    interrupted.rename(saved)
    manifests = sorted(path.relative_to(saved) for path in saved.rglob("work/*/**/*.json") if path.stat().st_size)
    assert len(manifests) > 10
    for manifest in manifests:
        shutil.rmtree(interrupted, ignore_errors=True)
        shutil.copytree(saved, interrupted)
        (interrupted / manifest).write_bytes(b"")
        assert digests(small.factorize(workspace, monkeypatch, SMALL)) == undisturbed, manifest


class Weighed(SerialEngine):
    """Looks at the size of a folder before and after every task."""

    def __init__(self, folder: Path) -> None:
        super().__init__(ROOMY)
        self.folder, self.most = folder, 0

    def run(self, label, function, items, lost=None):
        for name, item in items.items():
            yield from super().run(label, function, {name: item}, lost)
            data = (path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".json")
            self.most = max(self.most, sum(path.stat().st_size for path in data))


def test_the_disk_takes_what_was_said(workspace, monkeypatch, topical):
    engine = Weighed(Path(workspace.url) / "svd")
    parameters = SVDParameters(vector_size=100, power_iterations=3)
    output = topical.factorize(workspace, monkeypatch, parameters, engine)
    nonzeros = np.count_nonzero(topical.counts)
    said = plan_module.projected_disk_bytes(3000, nonzeros, output.plan["width"], 100)
    grams = 3 * 2 * 8 * (2 * output.plan["width"]) ** 2
    assert said["running"] / 2 < engine.most <= said["running"] + grams
    vectors = [
        path for side in ("left", "right") for path in engine.folder.rglob(f"{side}/*/rows/c/**/*") if path.is_file()
    ]
    assert sum(path.stat().st_size for path in vectors) == said["done"]


def test_a_finished_output_is_reused(workspace, monkeypatch):
    case, parameters = decaying(60, 20, 0.8), SVDParameters(vector_size=5)
    case.factorize(workspace, monkeypatch, parameters)
    case.factorize(workspace, monkeypatch, parameters, Interrupted(0))


def test_tol_ends_the_iteration_early(workspace, monkeypatch):
    case = decaying(300, 120, 0.97)
    output = case.factorize(workspace, monkeypatch, SVDParameters(vector_size=12, power_iterations=9, tol=1e-2))
    assert 1 < output.facts["iterations"] < 9
    assert output.read("spectrum")["residuals"].max() <= 1e-2
    U, values, V = triplets(output)
    residuals = np.linalg.norm(case.matrix.T @ U - V * values, axis=0) / values
    assert residuals.max() <= 1.02e-2


@pytest.mark.parametrize(("size", "vectors"), [(50, 20), (20, 19), (2, 1)])
def test_small_vocabularies_are_factorised_exactly(workspace, monkeypatch, size, vectors):
    rng = np.random.default_rng(size)
    upper = np.triu(rng.integers(0, 4, (size, size)) + 8 * np.eye(size, dtype=np.int64))
    counts = upper + np.triu(upper, 1).T
    case = Case(counts, *folded(counts))
    _, values, _ = triplets(case.factorize(workspace, monkeypatch, SVDParameters(vector_size=vectors)))
    np.testing.assert_allclose(values, np.linalg.svd(case.matrix, compute_uv=False)[:vectors], rtol=2e-3)


def test_a_matrix_of_low_rank_has_zeros_for_the_rest(workspace, monkeypatch):
    counts = np.zeros((64, 64), np.int64)
    counts[:3, :3] = [[9, 5, 2], [5, 8, 3], [2, 3, 7]]
    case = Case(counts, np.zeros(64), np.full(64, 0.1))
    output = case.factorize(workspace, monkeypatch, SVDParameters(vector_size=10))
    left, values, right = triplets(output)
    np.testing.assert_allclose(values[:3], np.linalg.svd(case.matrix, compute_uv=False)[:3], rtol=1e-5)
    assert not values[3:].any()
    assert not left[:, 3:].any()
    assert np.isfinite(right).all()
    assert np.isfinite(output.read("spectrum")["residuals"]).all()


def test_a_matrix_without_a_positive_cell_is_refused(workspace, monkeypatch):
    counts = np.ones((40, 40), np.int64)
    with pytest.raises(ParameterError, match="with shift 1"):
        Case(counts, np.ones(40), np.ones(40)).factorize(workspace, monkeypatch, SVDParameters(vector_size=5))


def test_too_little_memory_is_refused_with_what_would_do(workspace, monkeypatch):
    case = decaying(60, 20, 0.8)
    with pytest.raises(MemoryPromiseError, match="--memory-limit"):
        case.factorize(workspace, monkeypatch, SVDParameters(vector_size=5), SerialEngine(1 << 20))
