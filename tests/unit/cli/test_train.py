"""``dsgns train`` and what it leaves behind."""

from __future__ import annotations

import json
import re
import warnings

import pytest

import dsgns
from dsgns.cli.options import RUN
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from dsgns.store.digest import digests
from tests.unit.cli.conftest import OPTIONS


def test_results_go_to_stdout_and_progress_to_stderr(trained) -> None:
    lines = trained.stdout.splitlines()
    assert lines[0] == f"{trained.workspace} holds the vectors:"
    assert lines[1].startswith("  svd/d16-")
    assert "residuals" in lines[1]
    assert lines[2].startswith("  sgns/d16-")
    assert "in 2 epochs, on held-out text" in lines[2]
    assert f"dsgns similar {trained.workspace} WORD" in trained.stdout
    assert "Traceback" not in trained.stderr


def test_every_token_is_accounted_for(trained) -> None:
    told = next(line for line in trained.stdout.splitlines() if "tokens read" in line)
    numbers = [int(word.replace(",", "")) for word in told.split() if word.replace(",", "").isdigit()]
    assert numbers[0] == 40_000
    assert numbers[0] == sum(numbers[1:])
    assert numbers[-1] > 0, "some text was held out"


def test_a_text_of_which_nothing_can_be_held_out_is_told_of(run, tmp_path, engine) -> None:
    (tmp_path / "line.txt").write_text("one and two and three and one " * 50)
    options = ["--vector-size", "2", "--held-out", "0.1", "--method", "svd"]
    said = "Nothing is held out: the text is 1 document (line); --document file or blank-line makes others."
    first = run("vocabulary", tmp_path / "line.txt", "--output", tmp_path / "w", *options[2:4])
    for result in (first, run("train", tmp_path / "line.txt", "--output", tmp_path / "w", *options)):
        assert result.exit_code == 0, result.output
        assert f"vocabulary: {said}\n" in result.stderr
    arguments = {"vector_size": 2, "method": "svd", "client": engine.client}
    with pytest.warns(UserWarning, match=re.escape(said)):
        dsgns.train(tmp_path / "line.txt", tmp_path / "w", held_out=0.1, **arguments)
    (tmp_path / "lines.txt").write_text("one and two and three and one\n" * 50)
    with pytest.warns(UserWarning, match=r"of the text's 50 documents \(line\) none was drawn\. Raise --held-out"):
        dsgns.train(tmp_path / "lines.txt", tmp_path / "w", held_out=1e-9, **arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        dsgns.train(tmp_path / "lines.txt", tmp_path / "w", held_out=0.3, **arguments)


def test_standard_input_is_text(run, tmp_path) -> None:
    text = b"one two and three and one\n" * 50
    options = ["--vector-size", "2", "--method", "svd", "--output", tmp_path / "w"]
    first = run("train", "-", *options, piped=text)
    assert first.exit_code == 0, first.output
    assert sorted(dsgns.open_workspace(tmp_path / "w").vectors("svd").index_to_key) == ["and", "one", "three", "two"]
    (kept,) = (tmp_path / "w" / "spool").iterdir()
    assert f"is kept in {kept}; to go on without it, name that file" in first.stderr
    assert kept.read_bytes() == text
    known = Workspace.open(str(tmp_path / "w")).keys("corpus")
    for source, piped in (("-", text), (kept, None)):
        again = run("train", source, *options, piped=piped)
        assert again.exit_code == 0, again.output
    assert Workspace.open(str(tmp_path / "w")).keys("corpus") == known
    empty = run("train", "-", *options, piped=b"")
    assert empty.exit_code == 1
    assert "Standard input held not a byte" in empty.stderr


def test_a_second_run_reuses_everything(run, trained, copied) -> None:
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*") if path.is_file() and path.suffix != ".json"}
    result = run("train", trained.corpus, "--output", copied, *OPTIONS)
    assert result.exit_code == 0, result.output
    for stage in ("corpus", "vocabulary", "tokens", "counts", "svd", "sgns"):
        assert any(line[9:].startswith(f"{stage}: ") and "there already" in line for line in result.stderr.splitlines())
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_json_names_what_was_made(run, trained, copied) -> None:
    result = run("train", trained.corpus, "--output", copied, *OPTIONS, "--json", "--quiet")
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert set(told["made"]) == {"svd", "sgns"}
    assert told["conservation"]["tokens_read"] == 40_000


def test_options_reach_their_stages(run, trained, copied) -> None:
    arguments = (
        "--method svd --window 3 --weighting flat --cds 1 --shift 2 --subsample-counts 0 --oversampling 4 --seed 9"
    )
    result = run("train", trained.corpus, "--output", copied, *OPTIONS, *arguments.split(), "--quiet")
    assert result.exit_code == 0, result.output
    workspace = Workspace.open(str(copied))
    assert workspace.latest("counts").parameters == {"window": 3, "weighting": "flat"}
    asked = {"cds": 1.0, "shift": 2.0, "subsample": 0.0, "vector_size": 16, "oversampling": 4, "seed": 9}
    assert asked.items() <= workspace.latest("svd").parameters.items()


def test_every_parameter_has_an_option() -> None:
    from dsgns.cli.stages import sgns
    from dsgns.cli.train import train

    names = {option.name for option in train.params}
    alone = {"continue_from"}  # the result that is trained further says what the stages before it were
    assert alone <= {option.name for option in sgns.params} - names
    names |= alone
    stages = TrainParameters().to_dict().values()
    assert {field for stage in stages for field in stage} <= names
    assert {knob.name for knob in RUN} <= names


@pytest.mark.parametrize("stage", ["vocabulary", "tokens", "counts", "svd", "sgns"])
def test_digests_are_of_every_result(trained, stage: str) -> None:
    hashes = digests(Workspace.open(str(trained.workspace)).latest(stage))
    assert all(len(digest) == 64 for digest in hashes.values())
    assert len(set(hashes.values())) == len(hashes) > 1


def test_a_time_limit_ends_a_run_that_goes_on_another_time(run, trained, tmp_path) -> None:
    command = ["train", trained.corpus, "-o", tmp_path / "w.dsgns", *OPTIONS, "-q"]
    stopped = run(*command, "--time-limit", "0s")
    assert stopped.exit_code == 75
    assert "the time limit of 0s is over" in stopped.stderr
    assert "the same call, or command, goes on" in stopped.stderr
    assert run(*command, "--method", "svd").exit_code == 0
    early = run("sgns", tmp_path / "w.dsgns", "--epochs", 3, "--time-limit", "0s", "--early-stopping", 1, "-q")
    assert early.exit_code == 0, early.output
    assert "as they were after 33 % of it: the time limit of 0s is over" in early.stdout
    assert run(*command, "--time-limit", "soon").exit_code == 2
