from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsgns.cli import main
from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases.stage import learn_phrases
from dsgns.store import Workspace
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.corpora import write_lines
from tests.support.serial import SerialEngine

LINES = ["in new york city", "to new york", "york is in", "in new york city", "a b"] * 4


def asked(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def made(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A vocabulary with phrases."""
    engine, parameters = SerialEngine(1 << 30), VocabularyParameters(1, phrases=2, phrase_threshold=1.5)
    corpus = prepare_corpus(engine, workspace, [write_lines(tmp_path / "a.txt", LINES)], CorpusParameters())
    workspace.remember(
        build_vocabulary(engine, workspace, corpus, parameters, learn_phrases(engine, workspace, corpus, parameters))
    )
    return workspace


def test_status_tells_of_phrases(made: Workspace) -> None:
    assert "2 phrases learned (1 + 1 in 2 passes), most often new_york, new_york_city" in asked("status", made.url)
    assert sum(json.loads(asked("status", made.url, "--json"))["phrases"]["phrases"]) == 2


def test_phrases_are_written_as_a_table(made: Workspace, tmp_path: Path) -> None:
    told = asked("export", made.url, str(tmp_path / "phrases.tsv"), "--vectors", "phrases")
    assert told == f"{tmp_path / 'phrases.tsv'}: 2 phrases\n"
    header, *rows = (tmp_path / "phrases.tsv").read_text().splitlines()
    assert header.split("\t") == ["phrase", "first", "second", "count", "score", "pass"]
    assert [row.split("\t")[3] for row in rows] == ["12", "8"]


def test_where_none_were_learned(workspace: Workspace, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["export", workspace.url, str(tmp_path / "phrases.tsv"), "--vectors", "phrases"])
    assert done.exit_code != 0
    assert "has no phrases; `--phrases 1` learns some" in done.output


def test_a_plan_counts_phrases(tmp_path: Path) -> None:
    planned = json.loads(
        asked(
            "plan",
            write_lines(tmp_path / "a.txt", LINES),
            "--phrases",
            "1",
            "--vector-size",
            "2",
            "--oversampling",
            "0",
            "--json",
        )
    )
    assert [stage["stage"] for stage in planned["stages"]][:3] == ["phrases", "vocabulary", "tokens"]
