"""Words that came after the training, and one workspace's vectors turned onto another's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import dsgns
from tests.support.corpora import write_lines


@pytest.fixture
def later(trained, tmp_path: Path) -> str:
    """A part of the text in which one word has another name."""
    lines = Path(trained.corpus).read_text(encoding="utf-8").splitlines()[:400]
    return write_lines(
        tmp_path / "later.txt", [" ".join("qqqq" if word == "c" else word for word in line.split()) for line in lines]
    )


def test_a_new_word_is_shown_with_its_neighbours_on_both_roads(run, engine, trained, later, tmp_path: Path) -> None:
    before = run("status", trained.workspace, "--json").stdout
    asked = run("fold-in", trained.workspace, later, "--topn", 3, "-q")
    assert asked.exit_code == 0, asked.output
    lines = asked.stdout.splitlines()
    assert lines[0].startswith("qqqq, ")
    assert lines[1].split() == ["svd", "sgns"]
    assert [len(line.split()) for line in lines[2:5]] == [4, 4, 4]
    told = json.loads(run("fold-in", trained.workspace, later, "--words", "qqqq,nowhere", "--json", "-q").stdout)
    assert list(told) == ["qqqq"]
    assert len(told["qqqq"]["similar"]["svd"]) == 10
    with engine.client.as_current():
        found = dsgns.find_newcomers(trained.workspace, later, ["qqqq"])
    assert told["qqqq"]["occurrences"] == found.occurrences["qqqq"]
    target = tmp_path / "new.safetensors"
    assert run("fold-in", trained.workspace, later, "--vectors", "svd", "-o", target, "-q").exit_code == 0
    workspace = dsgns.open_workspace(trained.workspace)
    expected = workspace.fold_in(found.contexts, occurrences=found.occurrences)
    np.testing.assert_array_equal(dsgns.WordVectors.load(target).vectors, expected.vectors)
    after = json.loads(run("status", trained.workspace, "--json").stdout)["stages"]
    made = {stage["stage"] for stage in after} - {stage["stage"] for stage in json.loads(before)["stages"]}
    assert made <= {"vectors"}, "the workspace stays as it is"


def test_words_that_cannot_be_folded_in_are_told(run, trained, later) -> None:
    asked = run("fold-in", trained.workspace, later, "--words", "nowhere", "-q")
    assert asked.stdout == "Seen near no word of the vocabulary, or nowhere: nowhere.\n"
    assert run("fold-in", trained.workspace, trained.corpus, "-q").stdout == "There is no such word.\n"
    both = run("fold-in", trained.workspace, later, "-o", "new.txt", "-q")
    assert both.exit_code == 2
    assert "choose one with --vectors: svd, sgns" in both.stderr


def test_a_workspace_is_turned_onto_another(run, trained, copied, tmp_path: Path) -> None:
    assert run("svd", copied, "--seed", 2, "--power-iterations", 2, "-q").exit_code == 0
    asked = run("align", trained.workspace, copied, "--topn", 5, "--min-count", 20)
    assert asked.exit_code == 0, asked.output
    lines = asked.stdout.splitlines()
    assert lines[0].endswith("pairs of words to go by.")
    assert len(lines) == 2 + 5
    target = tmp_path / "turned.npy"
    told = json.loads(run("align", trained.workspace, copied, "--json", "-o", target).stdout)
    before, after = (dsgns.open_workspace(place).vectors("svd") for place in (trained.workspace, copied))
    turned = dsgns.align(before, after)
    assert told["anchors"] == len(before)
    assert [(word, pytest.approx(moved)) for word, moved in told["changes"]] == turned.changes()
    np.testing.assert_array_equal(dsgns.WordVectors.load(target).vectors, turned.aligned.vectors)


def test_what_stands_for_a_word_goes_by_the_pairs_given(run, trained, tmp_path: Path) -> None:
    words = dsgns.open_workspace(trained.workspace).vectors("svd").index_to_key[:60]
    pairs = write_lines(tmp_path / "pairs.tsv", [f"{word}\t{word}" for word in words])
    asked = run("align", trained.workspace, trained.workspace, "--pairs", pairs, "--words", "a,b", "-n", 2)
    lines = asked.stdout.splitlines()
    assert lines[0] == "60 pairs of words to go by."
    assert [line.split()[:3] for line in lines[1:]] == [["a:", "a", "1.000,"], ["b:", "b", "1.000,"]]
    wrong = write_lines(tmp_path / "wrong.tsv", ["a b", "a b c"])
    refused = run("align", trained.workspace, trained.workspace, "--pairs", wrong)
    assert (refused.exit_code, "line 2 has 3 words" in refused.stderr) == (2, True)
    assert run("align", trained.workspace, trained.workspace, "--pairs", tmp_path / "none").exit_code == 2
    assert run("align", trained.workspace, trained.workspace, "--words", "nowhere").exit_code == 1
