"""Merged counts on the command line, and what goes on from them."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsgns.cli import main
from dsgns.engine import Engine
from dsgns.store import Workspace
from tests.support.corpora import write_lines, zipf_lines

LINES = zipf_lines(16_000, types=300)


@pytest.fixture(scope="module")
def halves(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the counts ``a`` and ``b`` of two halves of a text."""
    folder = tmp_path_factory.mktemp("halves")
    for name, lines in (("a", LINES[:130]), ("b", LINES[130:])):
        text = write_lines(folder / f"{name}.txt", lines)
        command = ["counts", text, "-o", str(folder / name), "--min-count", "1", "--window", "3", "-q"]
        with engine.client.as_current():
            assert CliRunner().invoke(main, command).exit_code == 0
    return folder


@pytest.fixture
def merged(run, halves, tmp_path) -> Path:
    """Their sum."""
    result = run("merge", halves / "a", halves / "b", "-o", tmp_path / "c", "-q")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("counts/w3-harmonic-of2-")
    assert "exactly the counts of the joined text" in result.stdout
    return tmp_path / "c"


def test_the_count_road_goes_on_from_merged_counts(run, merged, halves, tmp_path) -> None:
    result = run("svd", merged, "--vector-size", 8)
    assert result.exit_code == 0, result.output
    assert f"of {halves / 'a'} + {halves / 'b'}" in result.stderr
    assert run("ppmi", merged, "--cds", 1, "-q").exit_code == 0
    word = LINES[0].split()[0]
    similar = run("similar", merged, word, "--vectors", "svd,ppmi", "--json")
    assert similar.exit_code == 0, similar.output
    similarities = tmp_path / "set.tsv"
    words = sorted(set(LINES[0].split()))[:6]
    similarities.write_text("".join(f"{one}\t{other}\t{at}\n" for at, (one, other) in enumerate(pairwise(words))))
    result = run("evaluate", merged, "--set", similarities)
    assert result.exit_code == 0, result.output
    assert run("export", merged, tmp_path / "vectors.txt", "--vectors", "svd").exit_code == 0
    status = run("status", merged)
    assert f"{halves / 'a'} + {halves / 'b'}" in status.stdout
    assert all(stage["latest"] for stage in json.loads(run("status", merged, "--json").stdout)["stages"][:2])


@pytest.mark.parametrize("stage", ["vocabulary", "tokens", "counts", "sgns"])
def test_what_needs_text_says_so(run, merged, stage) -> None:
    result = run(stage, merged, "-q")
    assert result.exit_code == 1
    assert "text" in result.stderr
    assert f"dsgns {stage} INPUT... --output" in result.stderr


def test_other_counts_need_the_text(run, merged) -> None:
    result = run("svd", merged, "--window", 2, "-q")
    assert result.exit_code == 2
    assert "window is 2, but counts/w3-harmonic-of2-" in result.stderr


def test_what_was_counted_with_rare_words_left_out_is_told(run, halves, tmp_path) -> None:
    counted = run("counts", halves / "b.txt", "-o", tmp_path / "b", "--min-count", 20, "--window", 3, "-q")
    assert counted.exit_code == 0
    result = run("merge", halves / "a", tmp_path / "b", "-o", tmp_path / "c", "--json", "-q")
    (loss,) = json.loads(result.stdout)["facts"]["losses"]
    assert loss["of"] == sum(len(line.split()) for line in LINES[130:])
    result = run("merge", halves / "a", tmp_path / "b", "-o", tmp_path / "c", "-q")
    assert f"was counted without {loss['words']} words of these" in result.stdout
    assert "exactly" not in result.stdout


def test_a_sum_may_lie_beside_what_it_was_made_from(run, halves, tmp_path) -> None:
    """Results of the sum are meant from then on, until something else is asked for."""
    shutil.copytree(halves / "a", tmp_path / "a")
    assert run("svd", tmp_path / "a", "--vector-size", 8, "-q").exit_code == 0
    before = Workspace.open(str(tmp_path / "a")).latest("svd")
    result = run("merge", tmp_path / "a", halves / "b", "--output", tmp_path / "a", "-q")
    assert result.exit_code == 0, result.output
    assert run("svd", tmp_path / "a", "--vector-size", 8, "-q").exit_code == 0
    after = Workspace.open(str(tmp_path / "a")).latest("svd")
    assert after.facts["tokens"] is None
    found = json.loads(run("status", tmp_path / "a", "--json").stdout)
    assert {stage["key"] for stage in found["stages"] if stage["stage"] == "svd" and stage["latest"]} == {after.key}
    word = LINES[0].split()[0]
    assert before.key in run("similar", tmp_path / "a", word).stderr, "the other is left aside, and that is said"
    assert run("vocabulary", tmp_path / "a", "--min-count", 2, "-q").exit_code == 0
    assert run("svd", tmp_path / "a", "--vector-size", 8, "-q").exit_code == 0
    assert Workspace.open(str(tmp_path / "a")).latest("svd").facts["tokens"] is not None
