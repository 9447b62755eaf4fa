"""Counts from a table on the command line, and what goes on from them."""

from __future__ import annotations

import json

import pytest

from tests.support.corpora import zipf_lines


@pytest.fixture
def imported(run, tmp_path):
    pairs = [line.split()[:2] for line in zipf_lines(30_000, types=200, line=8)]
    (tmp_path / "t.tsv").write_text("".join(f"{one}\t{other}\t2\n" for one, other in pairs))
    result = run("import-counts", tmp_path / "t.tsv", "-o", tmp_path / "w", "--max-vocabulary", 50, "-q")
    assert result.exit_code == 0, result.output
    assert "symmetrised" in result.stdout
    return tmp_path / "w"


def test_the_count_road_goes_on_from_a_table(run, imported, tmp_path) -> None:
    result = run("svd", imported, "--vector-size", 8)
    assert result.exit_code == 0, result.output
    assert f"of {tmp_path / 't.tsv'}" in result.stderr
    known = json.loads(run("status", imported, "--json").stdout)
    stages = {stage["stage"]: stage for stage in known["stages"]}
    assert stages["vocabulary"]["text"] == str(tmp_path / "t.tsv")
    assert stages["counts"]["parameters"] == {"table": "symmetrised"}
    assert stages["svd"]["facts"]["vocabulary_size"] == 50
    result = run("sgns", imported, "-q")
    assert (result.exit_code, "sgns needs text" in result.stderr) == (1, True)


def test_a_line_that_is_no_cell(run, tmp_path) -> None:
    (tmp_path / "t.tsv").write_text("a\tb\t1\na\tb\n")
    result = run("import-counts", tmp_path / "t.tsv", "-o", tmp_path / "w", "-q")
    assert (result.exit_code, "Line 2 of" in result.stderr) == (1, True)


def test_a_table_that_is_not_there_leaves_no_workspace(run, tmp_path) -> None:
    result = run("import-counts", tmp_path / "nothere.tsv", "-o", tmp_path / "w")
    assert result.exit_code == 1
    assert "nothere.tsv cannot be read (No such file or directory)" in result.stderr
    assert list(tmp_path.iterdir()) == []
    assert "[default: 1]" in " ".join(run("import-counts", "--help").stdout.split())
