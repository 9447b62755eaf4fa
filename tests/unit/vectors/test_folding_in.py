"""A word that was counted comes back to its own vector; what cannot be folded in is told."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dsgns.errors import ParameterError
from dsgns.parameters import PMIParameters, SGNSParameters
from dsgns.pmi.stage import weigh, write_ppmi
from dsgns.store import CSRBlock, Workspace, read_csr, write_csr
from dsgns.vectors.folding_in import fold_in
from dsgns.vectors.load import load_vectors
from tests.support.serial import SerialEngine

V, SCALE, SIZE = 40, 60, 40
WORDS = [f"w{row:02d}" for row in range(V)]
ENGINE = SerialEngine(1 << 30)
SETTINGS = [
    PMIParameters(),
    PMIParameters(cds=1.0, shift=2.0, subsample=0.0),
    PMIParameters(subsample=1e-3),
    PMIParameters(transform="root-cca", subsample=1e-3),
]


def planted() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    dense = rng.poisson(rng.gamma(0.4, 200, (V, V))).astype(np.uint32)
    return dense + dense.T, np.sort(rng.zipf(1.4, V).clip(max=10**6) + 5)[::-1].copy()


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace.create(str(tmp_path / "w.dsgns"))
    dense, occurrences = planted()
    encoded = [word.encode() for word in WORDS]
    words = {"bytes": np.frombuffer(b"".join(encoded), np.uint8), "offsets": np.cumsum([0, *map(len, encoded)])}
    made.output("vocabulary", "v").write("words", {**words, "counts": occurrences})
    counts, grid = made.output("counts", "c"), [0, 15, V]
    for number, (start, stop) in enumerate(itertools.pairwise(grid)):
        rows, columns = np.nonzero(dense[start:stop])
        indptr = np.searchsorted(rows, np.arange(stop - start + 1))
        data = dense[start:stop][rows, columns]
        block = CSRBlock(data, columns.astype(np.int32), indptr, start, V)
        write_csr(counts, f"rows/{number:05d}", block, {"total": int(data.sum())})
    facts = {"scale": SCALE, "vocabulary_size": V, "vocabulary": "v", "tokens": "t", "grid": grid}
    counts.finish({"facts": facts, "parameters": {}, "inputs": {}, "blocks": list(counts.manifests()), "finished": 0.0})
    return made


def factorized(workspace, parameters):
    """NumPy's SVD of the weighted counts, as the stage would leave it."""
    counts = workspace.output("counts", "c")
    marginals, ppmi = weigh(ENGINE, workspace, counts, parameters), write_ppmi(ENGINE, workspace, counts, parameters)
    matrix = np.zeros((V, V))
    for name in ppmi.manifests("rows"):
        block = read_csr(ppmi, name)
        for row in range(block.rows):
            cells = slice(block.indptr[row], block.indptr[row + 1])
            matrix[block.row_offset + row, block.indices[cells]] = block.data[cells]
    u, s, v = np.linalg.svd(matrix)
    output = workspace.output("svd", "d40")
    for name, side in (("left", u[:, :SIZE]), ("right", v.T[:, :SIZE])):
        for number, (start, stop) in enumerate([(0, 11), (11, V)]):
            rows = {"rows": side[start:stop].astype(np.float32)}
            output.write(f"{name}/{number:05d}", rows, facts={"start": start, "stop": stop})
    output.write("spectrum", {"singular_values": s[:SIZE], "residuals": np.zeros(SIZE)})
    inputs = {"counts": "c", "marginals": marginals.key}
    output.finish({"facts": {"vocabulary": "v"}, "parameters": {}, "inputs": inputs, "blocks": [], "finished": 0.0})
    return output


@pytest.mark.parametrize("parameters", SETTINGS, ids=str)
def test_words_come_back_to_their_own_vectors(workspace, parameters):
    dense, occurrences = planted()
    output = factorized(workspace, parameters)
    rows = [0, 3, 17, 39]
    seen = {f"new{row}": {WORDS[j]: dense[row, j] / SCALE for j in range(V) if dense[row, j]} for row in rows}
    often = {f"new{row}": int(occurrences[row]) for row in rows}
    for p, context in ((0.5, "none"), (1.0, "add")):
        made = fold_in(workspace, output, seen, p, context, often)
        expected = load_vectors(workspace, output, p, context)
        np.testing.assert_allclose(made.vectors, expected.rows(rows), atol=2e-3)
    assert made.index_to_key == [f"new{row}" for row in rows]
    assert made.counts.tolist() == list(often.values())


def test_what_cannot_be_folded_in_is_told(workspace):
    output = factorized(workspace, PMIParameters())
    made = fold_in(workspace, output, {"new": {"w01": 2.0, "unheard": 5.0}})
    assert made.counts is None
    assert np.isfinite(made["new"]).all()
    with pytest.raises(ParameterError, match="'new' has 0 contexts"):
        fold_in(workspace, output, {"new": {"unheard": 1.0}})
    with pytest.raises(ParameterError, match="above 0"):
        fold_in(workspace, output, {"new": {"w01": 0.0}})
    with pytest.raises(ParameterError, match="ppmi is given"):
        fold_in(workspace, workspace.output("ppmi", "d3"), {"new": {"w01": 1.0}})


SGNS = SGNSParameters(vector_size=6, negative=3, epochs=2, sample=1e-3)


def trained(workspace, contexts):
    """A training that came to these context vectors."""
    output = workspace.output("sgns", "d6")
    for number, (start, stop) in enumerate([(0, 11), (11, V)]):
        rows = {"rows": contexts[start:stop]}
        output.write(f"output/{number:05d}", rows, facts={"start": start, "stop": stop})
    facts = {"facts": {"vocabulary": "v"}, "inputs": {}, "blocks": [], "finished": 0.0}
    output.finish({**facts, "parameters": SGNS.to_dict()})
    return output


def test_a_word_of_sgns_gets_the_vector_that_its_part_of_the_objective_prefers(workspace):
    contexts = np.random.default_rng(3).normal(size=(V, 6)) / 3
    output = trained(workspace, contexts.astype(np.float32))
    dense, occurrences = planted()
    row = 17
    seen = {WORDS[j]: dense[row, j] / SCALE for j in range(V) if dense[row, j]}
    made = fold_in(workspace, output, {"new": seen}, occurrences={"new": int(occurrences[row])})
    share = occurrences / occurrences.sum()
    keep = np.minimum(1, np.sqrt(SGNS.sample / share) + SGNS.sample / share)
    pairs = dense[row] / SCALE * keep * keep[row]
    noise = 3 * pairs.sum() * occurrences**0.75 / (occurrences**0.75).sum()
    vector, penalty = np.zeros(6), 1 / (2 * (SGNS.alpha + SGNS.min_alpha) / 2)  # one over the sum of learning rates
    for _ in range(30):
        odds = 1 / (1 + np.exp(-contexts @ vector))
        gradient = contexts.T @ ((pairs + noise) * odds - pairs) + penalty * vector
        curvature = contexts.T @ (contexts * ((pairs + noise) * odds * (1 - odds))[:, None]) + penalty * np.eye(6)
        vector = vector - np.linalg.solve(curvature, gradient)
    np.testing.assert_allclose(made["new"], vector, atol=2e-3 * np.linalg.norm(vector))
    with pytest.raises(ParameterError, match="must be 'none' for words that are folded into sgns"):
        fold_in(workspace, output, {"new": seen}, context="add")
