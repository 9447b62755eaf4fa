"""The stages beside a dense NumPy formula."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dsgns.errors import ParameterError
from dsgns.parameters import PMIParameters
from dsgns.pmi.stage import VERSION, weigh, write_ppmi
from dsgns.store import CSRBlock, Output, Workspace, key_of, read_csr, write_csr
from tests.support.serial import SerialEngine

WORDS, SCALE = 60, 60
GRID = [0, 7, 8, 40, WORDS]
ENGINE = SerialEngine(1 << 30)
SETTINGS = [PMIParameters(*values) for values in itertools.product([0.5, 0.75, 1.0], [1.0, 5.0], [0.0, 1e-5, 1e-3])]
SETTINGS += [PMIParameters(subsample=threshold, transform="root-cca") for threshold in (0.0, 1e-3)]


def planted_counts() -> tuple[np.ndarray, np.ndarray]:
    """Symmetric integers with empty rows, and occurrences of the words."""
    rng = np.random.default_rng(3)
    dense = rng.poisson(rng.gamma(0.3, 200, (WORDS, WORDS))).astype(np.int64)
    dense += dense.T
    dense[50] = dense[:, 50] = 0
    dense[0, 1] = dense[1, 0] = 2**33
    return dense, np.sort(rng.zipf(1.3, WORDS).clip(max=10**7))[::-1].copy()


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """One workspace for all settings, that no disk has to sync."""
    return Workspace.create("memory://pmi/w.dsgns")


@pytest.fixture(scope="module")
def counts(workspace: Workspace) -> Output:
    """Finished counts in four row blocks."""
    dense, occurrences = planted_counts()
    vocabulary = workspace.output("vocabulary", "v")
    vocabulary.write("words", {"counts": occurrences})
    output = workspace.output("counts", "c")
    for number, (start, stop) in enumerate(itertools.pairwise(GRID)):
        rows, columns = np.nonzero(dense[start:stop])
        data = dense[start:stop][rows, columns]
        data = data.astype(np.uint64 if data.max(initial=0) >= 2**32 else np.uint32)
        indptr = np.searchsorted(rows, np.arange(stop - start + 1))
        block = CSRBlock(data, columns.astype(np.int32), indptr, start, WORDS)
        write_csr(output, f"rows/{number:05d}", block, {"total": int(data.sum())})
    facts = {"scale": SCALE, "vocabulary_size": WORDS, "vocabulary": "v", "tokens": "t", "grid": GRID}
    output.finish({"facts": facts, "parameters": {}, "inputs": {}, "blocks": list(output.manifests()), "finished": 0.0})
    return output


def dense_matrix(parameters: PMIParameters) -> np.ndarray:
    """The formula as it is written, on dense arrays."""
    dense, occurrences = planted_counts()
    keep = np.ones(WORDS)
    if parameters.subsample:
        ratio = parameters.subsample / (occurrences / occurrences.sum())
        keep = np.minimum(1, np.sqrt(ratio) + ratio)
    weighted = dense / SCALE * keep[:, None] * keep[None, :]
    if parameters.transform == "root-cca":
        sums = np.maximum(weighted.sum(1), 1e-9)
        return np.sqrt(weighted) / (sums[:, None] * sums[None, :]) ** 0.25
    joint, words = weighted / weighted.sum(), weighted.sum(1) / weighted.sum()
    contexts = weighted.sum(0) ** parameters.cds
    contexts = contexts / contexts.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log(joint / words[:, None] / contexts[None, :]) - np.log(parameters.shift)
    return np.maximum(np.nan_to_num(pmi, nan=0.0, neginf=0.0), 0.0)


def as_dense(output: Output) -> np.ndarray:
    """The rows of all blocks."""
    dense = np.zeros((WORDS, WORDS))
    for name in output.manifests("rows"):
        block = read_csr(output, name)
        assert block.data.dtype == np.float32
        assert (block.data > 0).all()
        row_of = np.repeat(np.arange(block.rows), np.diff(block.indptr)) + block.row_offset
        dense[row_of, block.indices] = block.data
    return dense


@pytest.mark.parametrize("parameters", SETTINGS, ids=lambda setting: "-".join(map(str, setting.to_dict().values())))
def test_the_written_matrix_is_the_dense_formula(workspace, counts, parameters):
    expected = dense_matrix(parameters)
    output = write_ppmi(ENGINE, workspace, counts, parameters)
    np.testing.assert_allclose(as_dense(output), expected, rtol=1e-5, atol=2e-6)
    assert output.facts["nonzeros"] == pytest.approx(np.count_nonzero(expected), abs=1)
    assert (output.facts["vocabulary"], output.facts["tokens"], output.facts["grid"]) == ("v", "t", GRID)


def test_marginals_are_the_row_sums_of_the_subsampled_counts(workspace, counts):
    dense, occurrences = planted_counts()
    output = weigh(ENGINE, workspace, counts, PMIParameters(subsample=1e-3))
    ratio = 1e-3 * occurrences.sum() / occurrences
    keep = np.minimum(1, np.sqrt(ratio) + ratio)
    vectors = output.read("vectors")
    np.testing.assert_allclose(vectors["sums"], keep * (dense @ keep) / SCALE, rtol=1e-12)
    assert output.facts["total"] == pytest.approx(vectors["sums"].sum())
    assert list(output.manifests()) == ["vectors"]


def test_swapping_the_vectors_gives_the_transpose(workspace, counts):
    dense, _ = planted_counts()
    vectors = weigh(ENGINE, workspace, counts, PMIParameters()).read("vectors")
    row, column = vectors["row"], vectors["column"]
    logs = np.log(np.maximum(dense, 1))
    matrix = logs - row[:, None] - column[None, :]
    np.testing.assert_allclose(logs - column[:, None] - row[None, :], matrix.T, atol=1e-12)


def test_each_setting_has_an_output_of_its_own_and_is_reused(workspace, counts):
    first = write_ppmi(ENGINE, workspace, counts, PMIParameters(shift=1.0))
    second = write_ppmi(ENGINE, workspace, counts, PMIParameters(shift=5.0))
    assert first.key != second.key
    finished = first.record["finished"]
    assert write_ppmi(ENGINE, workspace, counts, PMIParameters(shift=1.0)).record["finished"] == finished
    assert {first.key, second.key} <= set(workspace.keys("marginals"))


def test_the_key_of_sppmi_names_no_transform(workspace, counts):
    plain = key_of(
        "cds0.75-k1-t0", VERSION, counts=counts.key, parameters={"cds": 0.75, "shift": 1.0, "subsample": 0.0}
    )
    assert weigh(ENGINE, workspace, counts, PMIParameters(subsample=0.0)).key == plain
    assert weigh(ENGINE, workspace, counts, PMIParameters(subsample=0.0, transform="root-cca")).key != plain


@pytest.mark.parametrize(("name", "value"), [("cds", 1.0), ("shift", 5.0)])
def test_root_cca_takes_no_parameter_of_pmi(name, value):
    with pytest.raises(ParameterError, match=f"{name} is {value}; it must be left out with root-cca"):
        PMIParameters(**{name: value}, transform="root-cca")


def test_row_blocks_do_not_matter(workspace, counts):
    known = weigh(ENGINE, workspace, counts, PMIParameters()).read("vectors")
    other = Workspace.create("memory://pmi/other.dsgns")
    vocabulary = other.output("vocabulary", "v")
    vocabulary.write("words", workspace.output("vocabulary", "v").read("words"))
    blocks = [read_csr(counts, name) for name in counts.manifests("rows")]
    indptr = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(block.indptr) for block in blocks]))])
    data = np.concatenate([block.data for block in blocks])
    whole = CSRBlock(data, np.concatenate([block.indices for block in blocks]), indptr, 0, WORDS)
    output = other.output("counts", "c")
    write_csr(output, "rows/00000", whole)
    output.finish({**counts.record, "blocks": ["rows/00000"]})
    again = weigh(ENGINE, other, output, PMIParameters()).read("vectors")
    assert all(known[name].tobytes() == again[name].tobytes() for name in known)


def test_only_what_is_damaged_is_weighed_again(workspace, counts):
    parameters = PMIParameters(shift=2.0)
    output = write_ppmi(ENGINE, workspace, counts, parameters)
    assert list(output.manifests()) == list(counts.manifests())
    expected, kept = as_dense(output), {name: block.written for name, block in output.manifests().items()}
    output.reopen()
    output.remove("rows/00002")
    write_ppmi(ENGINE, workspace, counts, parameters)
    np.testing.assert_array_equal(as_dense(output), expected)
    changed = [name for name, block in output.manifests().items() if block.written != kept[name]]
    assert changed == ["rows/00002"]
