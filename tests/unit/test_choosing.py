"""Both roads are taken from one text, and what is left aside is said."""

from __future__ import annotations

import pytest

from dsgns.choosing import choose
from dsgns.errors import MissingOutputError
from dsgns.store import Output, Workspace


class Runs:
    """Runs over texts, each some seconds after the one before."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.clock = workspace, 0.0

    def run(self, text: str, *roads: str) -> None:
        """Make, or find made, a result of each road of a text."""
        for stage, key, inputs in [
            ("tokens", text, {}),
            *((road, f"{road}-{text}", {"tokens": text}) for road in roads),
        ]:
            output = self.workspace.output(stage, key)
            self.clock += 10
            if not output.complete:
                output.finish({"facts": {"tokens": text}, "inputs": inputs, "finished": self.clock})
        self.workspace.remember(output)


@pytest.fixture
def runs(workspace: Workspace) -> Runs:
    return Runs(workspace)


def names(outputs: dict[str, Output]) -> list[str]:
    return [output.name for output in outputs.values()]


def test_one_text_needs_no_words(runs, workspace):
    runs.run("a", "svd", "sgns")
    chosen = choose(workspace)
    assert (names(chosen.outputs), chosen.note) == (["svd/svd-a", "sgns/sgns-a"], "")


def test_both_roads_are_of_the_text_that_was_trained_last(runs, workspace):
    runs.run("a", "svd", "sgns")
    runs.run("b", "svd", "sgns")
    chosen = choose(workspace)
    assert names(chosen.outputs) == ["svd/svd-b", "sgns/sgns-b"]
    assert "aside, of others: svd/svd-a, sgns/sgns-a; --key" in chosen.note
    runs.run("a", "svd", "sgns")
    assert names(choose(workspace).outputs) == ["svd/svd-a", "sgns/sgns-a"]


def test_a_road_that_the_text_has_no_result_of_is_left_out(runs, workspace):
    runs.run("a", "svd", "sgns")
    runs.run("b", "svd")
    chosen = choose(workspace)
    assert names(chosen.outputs) == ["svd/svd-b"]
    assert "svd/svd-b, of one text and vocabulary, of which there is no sgns. Left aside, of others: svd/svd-a" in (
        chosen.note
    )
    assert "\n" not in chosen.note


def test_a_road_asked_for_alone_is_older_rather_than_not_there(runs, workspace):
    runs.run("a", "svd", "sgns")
    runs.run("b", "svd")
    chosen = choose(workspace, ["sgns"])
    assert names(chosen.outputs) == ["sgns/sgns-a"]
    assert chosen.older == "sgns/sgns-a: of an older text or vocabulary than svd/svd-b."
    assert choose(workspace, ["svd"]).older == ""


def test_text_without_vectors_changes_nothing(runs, workspace):
    runs.run("a", "svd")
    runs.run("a", "sgns")
    runs.run("b")
    chosen = choose(workspace)
    assert (names(chosen.outputs), chosen.note) == (["svd/svd-a", "sgns/sgns-a"], "")


def test_a_key_is_one_result_however_it_is_written(runs, workspace):
    runs.run("a", "svd", "sgns")
    runs.run("b", "svd", "sgns")
    for key in ("sgns-a", "sgns/sgns-a"):
        assert names(choose(workspace, key=key).outputs) == ["sgns/sgns-a"]
        assert names(choose(workspace, ["sgns"], key).outputs) == ["sgns/sgns-a"]


@pytest.mark.parametrize(
    ("roads", "key"), [([], "nosuch"), (["svd"], "sgns-a"), (["svd"], "sgns/sgns-a"), ([], "svd/")]
)
def test_a_key_that_is_none_is_told_those_there_are(runs, workspace, roads, key):
    runs.run("a", "svd", "sgns")
    with pytest.raises(MissingOutputError, match=f"key is '{key}'.* There are: svd/svd-a"):
        choose(workspace, roads, key)


def test_what_was_made_for_something_else_is_not_meant(runs, workspace):
    runs.run("a", "svd", "sgns")
    other = workspace.output("svd", "other")
    other.finish({"facts": {"tokens": "a"}, "inputs": {"tokens": "a"}, "finished": 1e9})
    other.put_aside("compare")
    (workspace.output("svd", "svd-a")).reopen()
    assert names(choose(workspace).outputs) == ["sgns/sgns-a"]
    assert names(choose(workspace, key="other").outputs) == ["svd/other"]
    workspace.remember(other)
    assert names(choose(workspace).outputs) == ["svd/other", "sgns/sgns-a"]
