"""The comparison against the same sums written out in NumPy over all pairs of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dsgns.errors import MemoryPromiseError, ParameterError
from dsgns.evaluation.compare import compare
from dsgns.evaluation.objective import RowSample, softplus
from dsgns.parameters import PMIParameters
from dsgns.pmi.formulas import folded_vectors, keep_probabilities
from dsgns.store import CSRBlock, Output, write_csr
from tests.oracle.losses import log_sigmoid
from tests.support.serial import SerialEngine

SIZE, SCALE = 60, 5
SAMPLE, CDS, K = 1e-2, 0.75, 5
PMI_OF_SGNS = PMIParameters(cds=CDS, shift=K, subsample=SAMPLE)
GRID = [(0, 20), (20, 21), (21, 21), (21, SIZE)]


@pytest.fixture
def data() -> np.ndarray:
    """Symmetric counts, shape (SIZE, SIZE), uint32, half of them 0, one word without any."""
    rng = np.random.default_rng(4)
    upper = np.triu(np.where(rng.random((SIZE, SIZE)) < 0.5, rng.integers(1, 500, (SIZE, SIZE)), 0))
    data = upper + upper.T
    data[40] = data[:, 40] = 0
    return data.astype(np.uint32)


@pytest.fixture
def word_counts() -> np.ndarray:
    return (5000 / np.arange(1, SIZE + 1)).astype(np.int64)


@pytest.fixture
def counts(workspace, data, word_counts) -> Output:
    words = workspace.output("vocabulary", "v-1")
    words.write("words", {"counts": word_counts})
    output = workspace.output("counts", "w5-1")
    for number, (start, stop) in enumerate(GRID):
        rows = data[start:stop]
        indptr = np.concatenate([[0], np.cumsum((rows > 0).sum(axis=1))]).astype(np.int64)
        write_csr(
            output,
            f"rows/{number:05d}",
            CSRBlock(rows[rows > 0], np.nonzero(rows)[1].astype(np.int32), indptr, start, SIZE),
        )
    facts = {
        "scale": SCALE,
        "vocabulary_size": SIZE,
        "vocabulary": "v-1",
        "tokens": "t-1",
        "nonzeros": int((data > 0).sum()),
        "grid": [0],
    }
    finish(output, facts, {})
    return output


@pytest.fixture
def vectors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(8)
    shapes = {"left": (SIZE, 7), "right": (SIZE, 7), "input": (SIZE, 9), "output": (SIZE, 9)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def values() -> np.ndarray:
    return np.linspace(3, 0.5, 7)


@pytest.fixture
def svd(workspace, vectors, values) -> Output:
    output = workspace.output("svd", "d7-1")
    write_rows(output, vectors, "left", "right")
    output.write("spectrum", {"singular_values": values})
    finish(output, {"vocabulary": "v-1"}, {})
    return output


@pytest.fixture
def sgns(workspace, vectors) -> Output:
    output = workspace.output("sgns", "d9-1")
    write_rows(output, vectors, "input", "output")
    finish(output, {"vocabulary": "v-1"}, {"negative": K, "ns_exponent": CDS, "sample": SAMPLE})
    return output


def write_rows(output, vectors, *names):
    for name in names:
        for number, (start, stop) in enumerate([(0, 33), (33, SIZE)]):
            output.write(
                f"{name}/{number:05d}", {"rows": vectors[name][start:stop]}, facts={"start": start, "stop": stop}
            )


def finish(output, facts, parameters):
    output.finish(
        {"facts": facts, "parameters": parameters, "inputs": {}, "blocks": list(output.manifests()), "finished": 1.0}
    )


@pytest.fixture
def expected(data, word_counts, vectors, values):
    """Objective, deviation and regression of every matrix, from dense arrays in float64."""
    keep = keep_probabilities(word_counts, SAMPLE)
    n = data / SCALE * keep[:, None] * keep
    noise = word_counts**CDS / np.sum(word_counts**CDS)
    row, column = folded_vectors(n.sum(axis=1), keep, SCALE, PMI_OF_SGNS)
    with np.errstate(divide="ignore", invalid="ignore"):
        target = np.log(n / n.sum(axis=1, keepdims=True) / noise) - np.log(K)
        weighed = np.log(data) - row[:, None] - column
    target[data == 0] = weighed[data == 0] = -np.inf
    left, right, first, second = (vectors[name].astype(np.float64) for name in ("left", "right", "input", "output"))
    scores = {
        "pmi": target, "sppmi": np.maximum(target, 0), "context_sppmi": np.maximum(weighed, 0),
        "svd": (left * values) @ right.T, "sgns": first @ second.T,
    }  # fmt: skip
    negatives = K * n.sum(axis=1, keepdims=True) * noise
    seen = data > 0
    figures = {}
    for name, x in scores.items():
        objective = np.sum(n[seen] * log_sigmoid(x[seen])) + np.sum(negatives * log_sigmoid(-x))
        design = np.column_stack([target[seen], np.ones(seen.sum())]) * np.sqrt(n[seen])[:, None]
        slope, intercept = np.linalg.lstsq(design, x[seen] * np.sqrt(n[seen]))[0]
        covariance = np.cov(target[seen], x[seen], aweights=n[seen])
        rmse = np.sqrt(np.average((x[seen] - target[seen]) ** 2, weights=n[seen]))
        correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
        figures[name] = objective, {"slope": slope, "intercept": intercept, "rmse": rmse, "correlation": correlation}
    return figures


@pytest.fixture(params=[(4096, 4096), (17, 10)], ids=["all at once", "small tiles"])
def blocking(request, monkeypatch):
    """Rows and tiles of different sizes: they must not change what comes out."""
    rows, tile = request.param
    monkeypatch.setattr("dsgns.evaluation.task_compare.ROWS", rows)
    monkeypatch.setattr("dsgns.evaluation.compare.ROWS", rows)
    monkeypatch.setattr("dsgns.evaluation.task_compare.TILE", tile)


@pytest.mark.usefixtures("blocking")
def test_every_figure_is_that_of_the_dense_sums(workspace, counts, svd, sgns, expected, data):
    facts = compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, svd, sgns).facts
    assert facts["exact"]
    assert list(facts["matrices"]) == list(expected)
    for name, (objective, regression) in expected.items():
        found = facts["matrices"][name]
        assert found["objective"] == pytest.approx(objective, rel=1e-6)
        assert found["deviation"] == pytest.approx(objective / expected["pmi"][0] - 1, abs=1e-6)
        assert found["per_pair"] == pytest.approx(objective / facts["pairs"], rel=1e-6)
        assert found["standard_error"] == 0
        assert found["regression"] == pytest.approx(regression, rel=1e-5, abs=1e-6)
    assert facts["observed"] == (data > 0).sum()


def test_without_a_matrix_to_factorise_the_other_scores_are_told(workspace, counts, svd, sgns):
    both, alone = (
        compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, factored, sgns).facts["matrices"]
        for factored in (svd, None)
    )
    assert alone == {name: score for name, score in both.items() if name != "svd"}


def test_nothing_is_above_pmi(workspace, counts, svd, sgns):
    matrices = compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, svd, sgns).facts["matrices"]
    assert all(score["deviation"] > 0 for name, score in matrices.items() if name != "pmi")
    assert matrices["pmi"]["deviation"] == 0


def test_a_sample_of_rows_estimates_the_noise_term(workspace, counts, svd, sgns, expected):
    facts = compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, svd, sgns, cells=SIZE * 20).facts
    assert not facts["exact"]
    assert facts["rows"] <= 20
    for road in ("svd", "sgns"):
        found = facts["matrices"][road]
        assert 0 < found["standard_error"] < 0.1 * abs(found["objective"])
        assert found["objective"] == pytest.approx(expected[road][0], abs=4 * found["standard_error"])
        assert found["regression"] == pytest.approx(expected[road][1], rel=1e-5, abs=1e-6), "over all pairs still"


def test_estimates_scatter_as_their_standard_error_says():
    rng = np.random.default_rng(0)
    row_counts, values = 1 / np.arange(1, 201), rng.normal(-1, 0.3, 200)
    samples = [RowSample.of(row_counts, 40, seed) for seed in range(300)]
    totals, errors = np.array([sample.total(values[sample.rows]) for sample in samples]).T
    offs = (totals - row_counts @ values) / errors
    assert abs(offs.mean()) < 0.2
    assert 0.85 < offs.std() < 1.25


def test_it_is_made_once(workspace, counts, svd, sgns):
    first = compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, svd, sgns)
    assert compare(SerialEngine(0), workspace, counts, PMI_OF_SGNS, svd, sgns) == first
    assert compare(SerialEngine(1 << 30), workspace, counts, PMI_OF_SGNS, svd, sgns, seed=2) != first


def test_what_cannot_be_compared_is_refused(workspace, counts, svd, sgns):
    engine = SerialEngine(1 << 30)
    with pytest.raises(ParameterError, match=r"shift is 1\.0; it must equal SGNS's negative, 5"):
        compare(engine, workspace, counts, PMIParameters(cds=CDS, shift=1.0, subsample=SAMPLE), svd, sgns)
    finish(svd, {"vocabulary": "another"}, {})
    with pytest.raises(ParameterError, match="different vocabularies: another, v-1"):
        compare(engine, workspace, counts, PMI_OF_SGNS, svd, sgns)


def test_too_little_memory_is_refused(workspace, counts, svd, sgns):
    with pytest.raises(MemoryPromiseError):
        compare(SerialEngine(1 << 20), workspace, counts, PMI_OF_SGNS, svd, sgns)


@given(st.integers(1, 40), st.integers(2, 60), st.integers(0, 1000))
def test_samples_are_of_all_weight(size, wanted, seed):
    row_counts = np.random.default_rng(seed).gamma(0.3, size=size) + 1e-9
    sample = RowSample.of(row_counts, wanted, seed)
    assert sample.coefficients.sum() == pytest.approx(row_counts.sum())
    assert len(sample.rows) <= max(wanted, 2)
    assert (np.diff(sample.rows) > 0).all()
    total, error = sample.total(np.full(len(sample.rows), 3.0))
    assert total == pytest.approx(3 * row_counts.sum())
    assert error == pytest.approx(0, abs=1e-12)


def test_rows_that_weigh_nothing_are_not_drawn():
    sample = RowSample.of(np.array([3.0, 0.0, 2.0, 0.0, 0.0]), 4, seed=1)
    assert sample.rows.tolist() == [0, 2]
    assert not sample.draws.any()


@given(arrays(np.float32, 20, elements=st.floats(-200, 200, width=32)))
def test_softplus(x):
    np.testing.assert_allclose(softplus(x.copy()), np.logaddexp(0, x.astype(np.float64)), rtol=1e-6, atol=2e-7)
