"""Workspaces with one road, several results, one under way, or none yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from bokeh.document import Document

from dsgns.explorer.document import fill_document
from dsgns.explorer.library import Library
from dsgns.store import Workspace


def shown(workspace: Path | Workspace, **keys: str) -> dict:
    """The template's variables."""
    opened = workspace if isinstance(workspace, Workspace) else Workspace.open(str(workspace))
    document = Document()
    fill_document(document, Library(opened), keys)
    return document.template_variables


def begun_again(workspace: Path, stage: str) -> str:
    """Make a result one that is under way; its key."""
    opened = Workspace.open(str(workspace))
    output = opened.latest(stage)
    (workspace / stage / output.key / "record.json").unlink()
    assert not output.complete
    return output.key


def test_both_roads_are_shown_and_offered(explored: Path) -> None:
    told = shown(explored)
    assert [road["name"] for road in told["roads"]] == ["svd", "sgns"]
    assert [[option["chosen"] for option in choice["options"]] for choice in told["choices"]] == [[True, False]] * 2
    assert [line["text"] for line in told["account"]][:2] == ["read", "used"]
    numbers = [int(line["number"].replace(",", "")) for line in told["account"] if line["depth"] <= 1]
    assert numbers[0] == sum(numbers[1:])


def test_one_under_way_is_named_but_not_offered(copied: Path) -> None:
    key = begun_again(copied, "sgns")
    told = shown(copied)
    assert [road["name"] for road in told["roads"]] == ["svd"]
    options = told["choices"][1]["options"]
    assert [option.get("under_way", False) for option in options] == [False, True]
    assert options[1]["text"] == f"{key} (under way)"
    assert [chart["drawn"] for chart in told["charts"]] == [True, False, True]


def test_a_workspace_without_vectors_says_how_they_are_made(copied: Path, workspace: Workspace) -> None:
    begun_again(copied, "sgns")
    begun_again(copied, "svd")
    told = shown(copied)
    assert (told["roads"], told["choices"], told["charts"]) == ([], [], [])
    assert "under way" in told["nothing"]
    assert "dsgns svd" in shown(workspace)["nothing"]


def test_a_result_that_is_not_there_is_told(explored: Path) -> None:
    told = shown(explored, svd="d9-00000000", sgns=Workspace.open(str(explored)).latest("sgns").key)
    assert "d9-00000000" in told["note"]
    assert [road["name"] for road in told["roads"]] == ["sgns"]
    assert "Choose" in shown(explored, svd="", sgns="")["nothing"]


@pytest.mark.parametrize("key", ["../..", "<script>", "\x00"])
def test_a_key_that_is_none_is_told(explored: Path, key: str) -> None:
    assert shown(explored, svd=key)["note"]
