"""Which result of a stage is meant when none is named."""

from __future__ import annotations

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from dsgns.corpus.sources import find_sources
from dsgns.errors import MissingOutputError, SourceNotFoundError, WorkspaceError, WorkspaceReadOnlyError
from dsgns.store import Output, Workspace


def finish(workspace: Workspace, stage: str, key: str, finished: float, **inputs: str) -> Output:
    output = workspace.output(stage, key)
    output.finish({"inputs": inputs, "finished": finished, "facts": {}, "parameters": {}, "blocks": []})
    return output


def test_without_a_completed_output_there_is_no_latest(workspace: Workspace) -> None:
    workspace.output("svd", "begun-1").begin({})
    with pytest.raises(MissingOutputError, match="dsgns svd"):
        workspace.latest("svd")


def test_a_remote_store_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCredentialsError(Exception): ...

    def fail(*_: object, **__: object) -> None:
        raise NoCredentialsError("Unable to locate credentials")

    for question in ("ls", "cat_file", "info"):
        monkeypatch.setattr(MemoryFileSystem, question, fail)
    with pytest.raises(WorkspaceError, match="nosuch://far/w cannot be reached: Protocol not known"):
        Workspace.create("nosuch://far/w")
    for ask in (Workspace.open, Workspace.create):
        with pytest.raises(
            WorkspaceError, match=r"memory://far/w cannot be reached: Unable to locate credentials\. Check"
        ):
            ask("memory://far/w")
    with pytest.raises(SourceNotFoundError, match="memory://far/text cannot be looked at: Unable to locate"):
        find_sources(["memory://far/text"])


def test_a_remote_store_that_refuses_the_credentials_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("Forbidden")  # as s3fs does

    monkeypatch.setattr(MemoryFileSystem, "open", refuse)
    with pytest.raises(WorkspaceReadOnlyError, match=r"memory://shut/w cannot be written to \(Forbidden\)"):
        Workspace.create("memory://shut/w").require_writable()
    for question in ("ls", "cat_file"):
        monkeypatch.setattr(MemoryFileSystem, question, refuse)
    for ask in (Workspace.open, Workspace.create):
        with pytest.raises(WorkspaceError, match=r"memory://shut/w cannot be reached: Forbidden\. Check the address"):
            ask("memory://shut/w")


def test_the_last_one_to_finish_is_the_latest(workspace: Workspace) -> None:
    finish(workspace, "svd", "b-1", 1.0)
    finish(workspace, "svd", "a-2", 2.0)
    assert workspace.latest("svd").key == "a-2"


def test_a_run_that_finds_an_old_result_makes_it_the_latest(workspace: Workspace) -> None:
    old = finish(workspace, "svd", "b-1", 1.0)
    finish(workspace, "svd", "a-2", 2.0)
    workspace.remember(old)
    assert workspace.latest("svd") == old


def test_what_it_was_made_from_comes_along(workspace: Workspace) -> None:
    finish(workspace, "tokens", "t-1", 1.0)
    finish(workspace, "counts", "c-1", 2.0, tokens="t-1")
    svd = finish(workspace, "svd", "s-1", 3.0, counts="c-1")
    finish(workspace, "counts", "c-2", 4.0, tokens="t-1")
    workspace.remember(svd)
    assert workspace.latest("counts").key == "c-1"
    assert {stage: output.key for stage, output in workspace.lineage(svd).items()} == {
        "svd": "s-1",
        "counts": "c-1",
        "tokens": "t-1",
    }


def test_one_that_is_gone_is_forgotten(workspace: Workspace) -> None:
    old = finish(workspace, "svd", "b-1", 1.0)
    finish(workspace, "svd", "a-2", 2.0)
    workspace.remember(old)
    old.reopen()
    assert workspace.latest("svd").key == "a-2"


def test_a_damaged_note_is_passed_over(workspace: Workspace) -> None:
    workspace.remember(finish(workspace, "svd", "b-1", 1.0))
    finish(workspace, "svd", "a-2", 2.0)
    (note,) = workspace.output("svd", "b-1").files.local.glob("latest/*.json")
    note.write_text("{")
    assert workspace.latest("svd").key == "a-2"
