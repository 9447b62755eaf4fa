"""Digests are of what blocks say together, not of how they are cut."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np
import pytest

from dsgns.store import CSRBlock, Output, Workspace, digest, write_csr
from dsgns.store.digest import digests

DENSE = np.array([[3, 0, 1], [0, 0, 2], [5, 6, 0], [0, 0, 0], [7, 0, 8]])


def sha256(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def counts_in(workspace: Workspace, key: str, cuts: list[int], dtypes: list[type]) -> Output:
    """DENSE in blocks of rows, each with its own type of counts."""
    output = workspace.output("counts", key)
    for number, (start, stop, dtype) in enumerate(zip(cuts, cuts[1:], dtypes, strict=False)):
        rows = DENSE[start:stop]
        indptr = np.concatenate([[0], np.cumsum((rows > 0).sum(axis=1))]).astype(np.int64)
        indices = np.nonzero(rows)[1].astype(np.int32)
        write_csr(output, f"rows/{number:05d}", CSRBlock(rows[rows > 0].astype(dtype), indices, indptr, start, 3))
    return output


@pytest.fixture(autouse=True, params=[1 << 20, 2])
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole blocks at a time, and a few elements."""
    monkeypatch.setattr(digest, "_STEP", request.param)


@pytest.mark.parametrize("cuts", [[0, 5], [0, 1, 5], [0, 2, 2, 4, 5]])
def test_a_matrix_has_one_digest_however_it_is_cut(workspace: Workspace, cuts: list[int]) -> None:
    dtypes = [np.uint32, np.uint64, np.uint32, np.uint32][: len(cuts) - 1]
    assert digests(counts_in(workspace, f"c-{len(cuts)}", cuts, dtypes)) == {
        "data": sha256(DENSE[DENSE > 0].astype(np.uint64)),
        "indices": sha256(np.nonzero(DENSE)[1].astype(np.int32)),
        "indptr": sha256(np.array([0, 2, 3, 5, 5, 7], np.int64)),
    }


def test_ids_have_one_digest_however_they_are_cut(workspace: Workspace) -> None:
    ids = np.arange(11, dtype=np.int32)
    for key, cuts in (("t-1", [0, 11]), ("t-2", [0, 3, 3, 11])):
        output = workspace.output("tokens", key)
        for number, (start, stop) in enumerate(itertools.pairwise(cuts)):
            output.write(f"ids/{number:05d}", {"ids": ids[start:stop], "held_out": ids[:0]})
        assert digests(output) == {"ids": sha256(ids), "held_out": sha256(ids[:0])}


def test_vectors_and_spectrum(workspace: Workspace) -> None:
    rows, values = np.arange(12, dtype=np.float32).reshape(6, 2), np.array([2.0, 1.0])
    output = workspace.output("svd", "d2-1")
    for number, (start, stop) in enumerate([(0, 4), (4, 6)]):
        output.write(f"left/{number:05d}", {"rows": rows[start:stop]})
        output.write(f"right/{number:05d}", {"rows": -rows[start:stop]})
    output.write("spectrum", {"singular_values": values, "residuals": values})
    assert digests(output) == {"U": sha256(rows), "S": sha256(values), "V": sha256(-rows)}


def test_a_changed_number_changes_its_digest_alone(workspace: Workspace) -> None:
    rows = np.ones((3, 2), np.float32)
    before = workspace.output("sgns", "a-1")
    after = workspace.output("sgns", "b-1")
    for output in (before, after):
        output.write("input/00000", {"rows": rows})
    before.write("output/00000", {"rows": rows})
    after.write("output/00000", {"rows": rows * np.float32(1 + 2**-23)})
    first, second = digests(before), digests(after)
    assert first["input"] == second["input"]
    assert first["output"] != second["output"]


def test_other_stages_have_none(workspace: Workspace) -> None:
    assert digests(workspace.output("corpus", "c-1")) == {}
