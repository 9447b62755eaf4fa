"""Vectors of both roads, made once for each choice."""

from __future__ import annotations

import os

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from dsgns.errors import ParameterError, WorkspaceReadOnlyError
from dsgns.store import Workspace
from dsgns.vectors.materialize import Choice, materialize
from dsgns.vectors.words import WordVectors

GRID = [(0, 4), (4, 5), (5, 9)]


def write_rows(output, name, rows):
    for number, (start, stop) in enumerate(GRID):
        output.write(f"{name}/{number:05d}", {"rows": rows[start:stop]}, facts={"start": start, "stop": stop})


@pytest.fixture
def factors():
    rng = np.random.default_rng(2)
    return (
        rng.normal(size=(9, 3)).astype(np.float32),
        np.array([9.0, 4.0, 1.0]),
        rng.normal(size=(9, 3)).astype(np.float32),
    )


@pytest.fixture(params=["local", "memory"])
def either_workspace(request, tmp_path) -> Workspace:
    return Workspace.create(str(tmp_path / "w") if request.param == "local" else f"memory://{request.node.name}/w")


@pytest.fixture
def svd(either_workspace, factors):
    output = either_workspace.output("svd", "d3-00000000")
    write_rows(output, "left", factors[0])
    write_rows(output, "right", factors[2])
    output.write("spectrum", {"singular_values": factors[1], "residuals": np.zeros(3)})
    return output


@pytest.fixture
def sgns(either_workspace, factors):
    output = either_workspace.output("sgns", "d3-00000000")
    write_rows(output, "input", factors[0])
    write_rows(output, "output", factors[2])
    return output


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_singular_vectors_are_scaled(either_workspace, svd, factors, p):
    left, values, right = factors
    np.testing.assert_allclose(materialize(either_workspace, Choice(svd, p)), left * values**p, rtol=1e-6)
    np.testing.assert_allclose(
        materialize(either_workspace, Choice(svd, p, "add")), (left + right) * values**p, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("post", ["centre", "all-but-the-top", "zipfian-whitening"])
def test_post_processing_is_kept_beside_the_plain_vectors(either_workspace, svd, post):
    vocabulary = either_workspace.output("vocabulary", "v-1")
    vocabulary.write("words", {"counts": np.arange(9, 0, -1)})
    svd.finish({"facts": {"vocabulary": vocabulary.key}})
    plain = materialize(either_workspace, Choice(svd))
    made = materialize(either_workspace, Choice(svd, post=post))
    words = WordVectors([f"w{row}" for row in range(9)], plain, np.arange(9, 0, -1))
    np.testing.assert_allclose(made, words.postprocessed(post).vectors, atol=1e-5)
    assert Choice(svd, post=post).key != Choice(svd).key
    assert Choice(svd).key == "svd-p0.5-none-" + Choice(svd).key[-8:]
    with either_workspace.output("vectors", Choice(svd, 0.25, post=post).key).lease():
        assembled = materialize(either_workspace, Choice(svd, 0.25, post=post))
    np.testing.assert_array_equal(assembled, materialize(either_workspace, Choice(svd, 0.25, post=post)))


def test_sgns_has_no_exponent(either_workspace, sgns, factors):
    np.testing.assert_array_equal(materialize(either_workspace, Choice(sgns)), factors[0])
    np.testing.assert_array_equal(materialize(either_workspace, Choice(sgns, context="add")), factors[0] + factors[2])
    assert Choice(sgns, p=0.0).key == Choice(sgns, p=1.0).key


def test_each_choice_is_made_once_and_made_anew_when_damaged(tmp_path, factors):
    workspace = Workspace.create(str(tmp_path / "w"))
    source = workspace.output("sgns", "d3-00000000")
    write_rows(source, "input", factors[0])
    vectors = materialize(workspace, Choice(source))
    assert isinstance(vectors, np.memmap)
    assert not vectors.flags.writeable
    path = workspace.output("vectors", Choice(source).key).path("rows")
    made = path.stat().st_mtime_ns
    materialize(workspace, Choice(source))
    assert path.stat().st_mtime_ns == made
    path.write_bytes(path.read_bytes()[:-4] + b"\1\2\3\4")
    np.testing.assert_array_equal(materialize(workspace, Choice(source)), factors[0])
    assert workspace.latest("vectors").facts == {"rows": 9, "columns": 3}


def test_vectors_are_mapped_without_being_read(tmp_path, factors, monkeypatch):
    workspace = Workspace.create(str(tmp_path / "w"))
    source = workspace.output("sgns", "d3-00000000")
    write_rows(source, "input", factors[0])
    materialize(workspace, Choice(source))
    output = workspace.output("vectors", Choice(source).key)
    path = output.path("rows")
    os.utime(path, ns=(0, 0))

    def read(*_):
        raise AssertionError("the file was read")

    monkeypatch.setattr("dsgns.store.Output.read_bytes", read)
    np.testing.assert_array_equal(materialize(workspace, Choice(source)), factors[0])
    path.write_bytes(path.read_bytes())
    assert not output.untouched("rows"), "it is newer than its manifest"
    os.utime(path, ns=(0, 0))
    path.write_bytes(path.read_bytes()[:-4])
    assert not output.untouched("rows"), "it is shorter"
    path.unlink()
    assert not output.untouched("rows")


def test_a_read_only_workspace_gives_vectors_in_memory(either_workspace, sgns, factors, monkeypatch):
    def refuse(*_, **__):
        raise WorkspaceReadOnlyError("read-only")

    monkeypatch.setattr("dsgns.store.Output.write_bytes", refuse)
    np.testing.assert_array_equal(materialize(either_workspace, Choice(sgns)), factors[0])


def test_a_remote_workspace_that_refuses_to_be_written_to_gives_vectors_in_memory(
    either_workspace, sgns, factors, monkeypatch
):
    def refuse(self, path, mode="rb", **_):
        raise PermissionError("Forbidden")

    monkeypatch.setattr(MemoryFileSystem, "open", refuse)
    np.testing.assert_array_equal(materialize(either_workspace, Choice(sgns)), factors[0])


def test_vectors_that_another_run_writes_are_read_into_memory(either_workspace, sgns, factors):
    with either_workspace.output("vectors", Choice(sgns).key).lease():
        vectors = materialize(either_workspace, Choice(sgns))
    assert not isinstance(vectors, np.memmap)
    np.testing.assert_array_equal(vectors, factors[0])


def test_vectors_half_written_tell_what_they_were_made_from(either_workspace, sgns, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("dsgns.store.Output.finish", stop)
    with pytest.raises(KeyboardInterrupt):
        materialize(either_workspace, Choice(sgns))
    assert either_workspace.output("vectors", Choice(sgns).key).inputs == {"sgns": sgns.key}


def test_choices_are_checked(workspace):
    source = workspace.output("svd", "d3-00000000")
    with pytest.raises(ParameterError, match=r"p is 1.5"):
        Choice(source, p=1.5)
    with pytest.raises(ParameterError, match=r"'sum'.*none, add"):
        Choice(source, context="sum")
    with pytest.raises(ParameterError, match="counts is given"):
        Choice(workspace.output("counts", "k"))
