"""Two texts trained into one workspace: no command mixes them, and each result can be named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dsgns
from dsgns.store import Workspace
from tests.support.corpora import write_lines, zipf_lines
from tests.unit.cli.conftest import OPTIONS


@pytest.fixture
def mixed(run, copied, tmp_path: Path) -> Path:
    """Both roads of one text, then the count road of another."""
    text = write_lines(tmp_path / "other.txt", zipf_lines(20_000, types=300, seed=7))
    done = run("train", text, "-o", copied, "--method", "svd", *OPTIONS, "-q")
    assert done.exit_code == 0, done.output
    return copied


def keys(workspace: Path, road: str) -> tuple[str, str]:
    """Those of the newer and of the older text; the older's is all there may be."""
    results = Workspace.open(str(workspace)).results(road)
    return results[0].key, results[-1].key


def test_questions_of_both_roads_are_of_one_text(run, mixed) -> None:
    (newer, older), (sgns, _) = keys(mixed, "svd"), keys(mixed, "sgns")
    for command in (("similar", "a"), ("analogy", "a", "b", "c")):
        asked = run(command[0], mixed, *command[1:], "--json")
        told = json.loads(asked.stdout)
        assert set(told.get("a", told)) == {"svd"}
        (line,) = asked.stderr.splitlines()
        for word in (f"svd/{newer}", f"svd/{older}", f"sgns/{sgns}", "no sgns", "--key"):
            assert word in line
    assert run("similar", mixed, "a", "--key", f"sgns/{sgns}").exit_code == 0


def test_scores_are_of_one_text(run, mixed, tmp_path: Path) -> None:
    pairs = write_lines(tmp_path / "pairs.tsv", ["a\tb\t3.0", "a\tc\t2.0", "b\tc\t1.0"])
    scored = run("evaluate", mixed, "--set", pairs, "--json")
    assert set(json.loads(scored.stdout)) == {"svd"}
    assert "Left aside" in scored.stderr


def test_what_only_the_older_text_has_is_given_with_a_word(run, mixed, tmp_path: Path) -> None:
    (newer, _), (sgns, _) = keys(mixed, "svd"), keys(mixed, "sgns")
    said = f"sgns/{sgns}: of an older text or vocabulary than svd/{newer}."
    exported = run("export", mixed, tmp_path / "v.txt", "--vectors", "sgns")
    assert (exported.exit_code, exported.stderr.strip()) == (0, said)
    with pytest.warns(UserWarning, match=said):
        dsgns.open_workspace(mixed).vectors("sgns")
    dsgns.open_workspace(mixed).vectors("sgns", key=f"sgns/{sgns}")
    dsgns.open_workspace(mixed).vectors("svd")


def test_going_on_is_from_the_newer_text(run, mixed) -> None:
    done = run("sgns", mixed, "--vector-size", "16", "--epochs", "1", "-q")
    assert done.exit_code == 0, done.output
    workspace = Workspace.open(str(mixed))
    assert workspace.latest("sgns").facts["tokens"] == workspace.latest("svd").facts["tokens"]
    assert set(json.loads(run("similar", mixed, "a", "--json").stdout)["a"]) == {"svd", "sgns"}


def test_the_status_stars_what_is_meant(run, mixed) -> None:
    stages = json.loads(run("status", mixed, "--json").stdout)["stages"]
    starred = {stage["key"] for stage in stages if stage["stage"] == "svd" and stage["latest"]}
    assert starred == {keys(mixed, "svd")[0]}


def test_a_key_needs_no_road(run, trained) -> None:
    key = Workspace.open(str(trained.workspace)).latest("svd").key
    named = run("similar", trained.workspace, "a", "--vectors", "svd").stdout
    for options in (["--key", key], ["--key", f"svd/{key}"], ["--key", key, "--vectors", "svd,sgns"]):
        assert run("similar", trained.workspace, "a", *options).stdout == named


@pytest.mark.parametrize(
    "command",
    [
        ("similar", "W", "a", "--key", "nosuch"),
        ("evaluate", "W", "--set", "T", "--key", "nosuch"),
        ("export", "W", "out.txt", "--vectors", "svd", "--key", "nosuch"),
        ("compare", "W", "--key", "nosuch"),
        ("svd", "W", "--init", "nosuch"),
        ("train", "TEXT", "-o", "W", "--init", "nosuch"),
    ],
)
def test_an_unknown_key_is_told_at_once(run, trained, monkeypatch, tmp_path: Path, command) -> None:
    def too_late(*args: object, **kwargs: object) -> None:
        raise AssertionError("workers were asked for")

    for module in ("compare", "stages", "train"):
        monkeypatch.setattr(f"dsgns.cli.{module}.session", too_late)
    pairs, text = (write_lines(tmp_path / name, ["a\tb\t3.0", "a\tc\t2"]) for name in ("pairs.tsv", "text.txt"))
    places = {"W": trained.workspace, "T": pairs, "TEXT": text}
    result = run(*(places.get(word, word) for word in command))
    assert result.exit_code == 1
    assert "is 'nosuch', but" in result.stderr
    road = "sgns" if command[0] == "compare" else "svd"
    assert f"There are: {road}/{Workspace.open(str(trained.workspace)).latest(road).key}" in result.stderr


def test_a_start_may_be_named_with_its_stage(run, copied) -> None:
    key = Workspace.open(str(copied)).latest("svd").key
    made = [run("svd", copied, "--vector-size", 8, "--init", name, "-q").stdout for name in (key, f"svd/{key}")]
    assert made[0] == made[1]
    assert made[0].startswith("svd/d8-")
