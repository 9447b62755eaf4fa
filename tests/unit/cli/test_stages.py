"""One stage at a time: from text, or going on in a workspace."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from dsgns.store import Workspace


def latest(workspace, stage: str):
    return Workspace.open(str(workspace)).latest(stage)


def test_a_stage_goes_on_from_the_last_counts(run, trained, copied) -> None:
    shutil.copy(trained.corpus, copied / "elsewhere.txt")
    counts = latest(copied, "counts")
    result = run("svd", copied, "--vector-size", 8, "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("svd/d8-")
    assert latest(copied, "svd").inputs["counts"] == counts.key
    assert latest(copied, "svd").parameters["vector_size"] == 8


def test_options_of_earlier_stages_are_kept_unless_given(run, copied) -> None:
    assert run("counts", copied, "--window", 2, "--weighting", "flat", "-q").exit_code == 0
    assert run("svd", copied, "--vector-size", 8, "-q").exit_code == 0
    assert latest(copied, "svd").inputs["counts"] == latest(copied, "counts").key
    assert latest(copied, "counts").parameters == {"window": 2, "weighting": "flat"}
    assert run("svd", copied, "--vector-size", 8, "--window", 4, "-q").exit_code == 0
    assert latest(copied, "counts").parameters == {"window": 4, "weighting": "flat"}


def test_other_weights_may_begin_with_the_vectors_that_are_there(run, copied) -> None:
    before = latest(copied, "svd")
    result = run("svd", copied, "--vector-size", 8, "--transform", "root-cca", "--init", before.key, "-q")
    assert result.exit_code == 0, result.output
    made = latest(copied, "svd")
    assert (made.parameters["transform"], made.parameters["init"]) == ("root-cca", before.key)
    assert made.inputs["marginals"].startswith("root-cca-t")
    assert made.inputs["counts"] == before.inputs["counts"]


def test_text_is_not_needed_to_go_on(run, trained, copied) -> None:
    # The corpus of a copy lies where it lay; the key of the tokens is all that the stage asks for.
    tokens = latest(copied, "tokens")
    assert run("ppmi", copied, "-q").exit_code == 0
    assert latest(copied, "ppmi").facts["tokens"] == tokens.key


def test_another_vocabulary_reads_the_text_again(run, copied) -> None:
    before = latest(copied, "tokens")
    result = run("sgns", copied, "--min-count", 10, "--vector-size", 8, "--epochs", 1, "-q")
    assert result.exit_code == 0, result.output
    after = latest(copied, "tokens")
    assert after.key != before.key
    assert after.parameters["held_out"] == 0.05, "what was left out is as it was"
    assert after.facts["vocabulary_size"] < before.facts["vocabulary_size"]


def test_the_vocabulary_made_last_is_gone_on_from(run, copied) -> None:
    assert run("counts", copied, "--window", 2, "-q").exit_code == 0
    before = latest(copied, "tokens")
    assert run("vocabulary", copied, "--min-count", 10, "-q").exit_code == 0
    result = run("svd", copied, "--vector-size", 8)
    assert result.exit_code == 0, result.output
    vocabulary = latest(copied, "vocabulary")
    assert latest(copied, "svd").facts["vocabulary"] == vocabulary.key != before.inputs["vocabulary"]
    assert latest(copied, "counts").parameters["window"] == 2, "as the counts of the other vocabulary have it"
    assert f"goes on from vocabulary/{vocabulary.key} of " in result.stderr
    assert run("vocabulary", copied, "--min-count", 3, "-q").exit_code == 0
    result = run("sgns", copied, "--epochs", 2)
    assert f"goes on from vocabulary/{before.inputs['vocabulary']}, tokens/{before.key} of " in result.stderr
    assert latest(copied, "sgns").facts["tokens"] == before.key


def test_settings_taken_over_from_other_counts_are_told(run, copied) -> None:
    assert run("counts", copied, "--window", 4, "--weighting", "flat", "-q").exit_code == 0
    counts = latest(copied, "counts")
    assert f"like {counts.name}" not in run("svd", copied).stderr, "it goes on from them"
    result = run("svd", copied, "--min-count", 12, "--window", 3)
    assert f"; like {counts.name}: weighting flat; " in result.stderr
    assert run("vocabulary", copied, "--min-count", 10, "-q").exit_code == 0
    result = run("svd", copied)
    assert result.exit_code == 0, result.output
    assert "; like counts/w3-flat-" in result.stderr
    assert ": window 3, weighting flat; like svd/d16" in result.stderr


def test_vectors_are_as_long_as_the_last_ones_and_other_defaults_are_told(run, copied) -> None:
    before = latest(copied, "svd")
    result = run("svd", copied, "--transform", "root-cca")
    assert result.exit_code == 0, result.output
    made = latest(copied, "svd")
    assert (made.parameters["vector_size"], made.parameters["power_iterations"]) == (16, 4)
    said = f"like {before.name}: vector_size 16; unlike {before.name}: "
    assert f"{said}transform root-cca, there sppmi; power_iterations 4, there 2" in result.stderr


@pytest.mark.parametrize("stage", ["vocabulary", "tokens", "counts"])
def test_a_stage_begins_with_text(run, trained, tmp_path, stage: str) -> None:
    result = run(stage, trained.corpus, "--output", tmp_path / "new", "--min-count", 3, "--json", "-q")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["stage"], told["state"]) == (stage, "complete")
    assert latest(tmp_path / "new", stage).key == told["key"]


def test_an_output_alone_is_where_to_go_on(run, trained, copied) -> None:
    result = run("sgns", "--output", copied, "--vector-size", 16, "--epochs", 2, "-q")
    assert result.exit_code == 0, result.output
    assert latest(copied, "sgns").key == latest(trained.workspace, "sgns").key


def test_neither_text_nor_a_workspace_is_a_wrong_use(run, trained) -> None:
    for places in ((), (trained.workspace, trained.workspace)):
        result = run("svd", *places)
        assert result.exit_code == 2
        assert "--output" in result.stderr


def test_text_without_an_output_is_told_so(run, trained) -> None:
    result = run("svd", trained.corpus)
    assert result.exit_code == 1
    assert "if it is text, add --output W" in result.stderr


def test_nothing_to_go_on_from(run, tmp_path) -> None:
    Workspace.create(str(tmp_path / "empty"))
    result = run("svd", tmp_path / "empty")
    assert result.exit_code == 1
    assert "dsgns svd INPUT... --output" in result.stderr


def test_words_are_left_out_by_lists_and_status_tells_by_which_rule(run, trained, tmp_path) -> None:
    words = trained.corpus.read_text().split()
    (tmp_path / "stop").write_text(f"{words[0]}\n")
    options = ("--stop", tmp_path / "stop", "--min-count", 3, "--max-vocabulary", 200, "-q")
    result = run("tokens", trained.corpus, "-o", tmp_path / "w", *options)
    assert result.exit_code == 0, result.output
    known = json.loads(run("status", tmp_path / "w", "--json").stdout)
    assert known["left_out"]["stop"] == words.count(words[0])
    assert sum(known["left_out"].values()) == known["conservation"]["out_of_vocabulary"]
    assert re.search(rf"by --stop +{words.count(words[0])} ", run("status", tmp_path / "w").stdout)
    (tmp_path / "stop").write_text(f"{words[0]}\n{words[0]}\n")
    result = run("tokens", trained.corpus, "-o", tmp_path / "w", *options)
    assert (result.exit_code, "Line 2 of" in result.stderr) == (1, True)


def test_what_goes_by_epochs_is_offered_where_there_are_epochs(run) -> None:
    for stage in ("svd", "counts", "sgns", "train"):
        shown = run(stage, "--help").stdout
        assert "--time-limit" in shown
        assert ("--early-stopping" in shown, "--until" in shown) == (stage in ("sgns", "train"),) * 2
