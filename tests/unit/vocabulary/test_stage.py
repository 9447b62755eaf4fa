from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import EmptyCorpusError, EncodingError, MemoryPromiseError, VocabularyError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.vocabulary import task
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.oracle.text import vocabulary
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine

LINES = zipf_lines(20_000)


def build(
    workspace: Workspace,
    path: str,
    parameters: VocabularyParameters | None = None,
    corpus: CorpusParameters | None = None,
    shard_size: int = 16_384,
    allowed: int = 1 << 30,
) -> Output:
    engine = SerialEngine(allowed, shard_size)
    prepared = prepare_corpus(engine, workspace, [path], corpus or CorpusParameters())
    return build_vocabulary(engine, workspace, prepared, parameters or VocabularyParameters())


@pytest.mark.parametrize(("min_count", "most"), [(1, None), (5, None), (2, 100)])
def test_the_vocabulary_is_what_plain_python_finds(
    workspace: Workspace, tmp_path: Path, min_count: int, most: int | None
) -> None:
    counts = Counter(word for line in LINES for word in line.split())
    path = write_lines(tmp_path / "a.txt", LINES)
    built = build(workspace, path, VocabularyParameters(min_count, most))
    found = load_vocabulary(built)
    assert found.words == vocabulary(counts, min_count, most)
    assert found.counts.tolist() == [counts[word] for word in found.words]
    assert found.size == len(found.words)
    assert found.total == built.facts["total"] == sum(counts[word] for word in found.words)
    assert built.facts["tokens_read"] == built.facts["used"] == 20_000
    assert built.facts["documents"] == len(LINES)
    assert built.facts["distinct"] == len(counts)
    assert sorted(built.manifests()) == ["sources", "words"]


def test_a_table_that_overflows_changes_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"word-{number % 20_000}" for number in range(30_000)]
    path = write_lines(tmp_path / "a.txt", [" ".join(words)])
    monkeypatch.setattr(task, "MOST_WORDS", 8192)
    built = build(workspace, path, VocabularyParameters(1), shard_size=1 << 20)
    assert load_vocabulary(built).words == vocabulary(Counter(words), 1)


def test_held_out_documents_are_not_counted(workspace: Workspace, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.txt", LINES)
    facts = build(workspace, path, VocabularyParameters(1), CorpusParameters(held_out=0.3)).facts
    assert facts["used"] + facts["held_out"] == facts["tokens_read"] == 20_000
    assert facts["documents"] + facts["held_out_documents"] == len(LINES)
    assert 0.2 < facts["held_out"] / 20_000 < 0.4
    assert facts["total"] == facts["used"]


def test_min_count_above_every_count(workspace: Workspace, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.txt", ["rare words", "rare birds"])
    with pytest.raises(VocabularyError, match="'rare', has a count of 2"):
        build(workspace, path)


@pytest.mark.parametrize(
    ("text", "corpus", "message"),
    [
        (" \n \n", CorpusParameters(), "no token in the text"),
        ("-- ..\n", CorpusParameters(tokenizer="words"), "no token in the text"),
        ("some words\n" * 3, CorpusParameters(held_out=0.999999), "Of 6 tokens .* held out or filtered"),
    ],
)
def test_no_token_to_learn_from(
    workspace: Workspace, tmp_path: Path, text: str, corpus: CorpusParameters, message: str
) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(EmptyCorpusError, match=message):
        build(workspace, str(tmp_path / "a.txt"), corpus=corpus)


def test_strict_stops(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"fine\n" * 10 + b"bad \xff\n")
    with pytest.raises(EncodingError, match="byte 54"):
        build(workspace, str(tmp_path / "a.txt"), corpus=CorpusParameters(errors="strict"))


def test_a_complete_vocabulary_is_reused(workspace: Workspace, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.txt", LINES)
    first = build(workspace, path)
    again = build(workspace, path, shard_size=8192)
    assert again == first
    assert again.record == first.record
    assert build(workspace, path, VocabularyParameters(4)).key != first.key


def test_an_interrupted_scan_goes_on(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "a.txt", LINES)
    done: list[str] = []

    def stop_at_third(output: Output, name: str, *rest: object) -> object:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(name)
        return task.scan_shard(output, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("dsgns.vocabulary.stage_steps.scan_shard", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        build(workspace, path)
    key = workspace.keys("vocabulary")[0]
    before = workspace.output("vocabulary", key).manifests("scan")
    assert sorted(before) == done
    # Another shard size asked for now must not disturb the grid that was begun with.
    monkeypatch.setattr("dsgns.vocabulary.stage_steps.scan_shard", task.scan_shard)
    counts = Counter(word for line in LINES for word in line.split())
    assert load_vocabulary(build(workspace, path, shard_size=10_000)).words == vocabulary(counts, 5)


def test_a_plan_that_does_not_fit_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.txt", LINES)
    with pytest.raises(MemoryPromiseError, match="vocabulary: scan needs"):
        build(workspace, path, allowed=10 << 20)
