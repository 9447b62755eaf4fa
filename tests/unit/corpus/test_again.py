"""Files that have another time than when they were read: known again by what they hold, or said to have changed."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from dsgns.corpus import stage_again
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Event
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.serial import SerialEngine

TEXT = b"the quick brown fox\njumps over the dog\n" * 20


class Run:
    """The corpus of some files, and what was said of it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.said = workspace, list[str]()
        self.engine = SerialEngine(1 << 30, 1 << 20)
        self.engine.listener = self._hear

    def _hear(self, event: Event) -> None:
        if event.kind == "note":
            self.said.append(event.text)

    def corpus(self, *paths: Path, **options: object) -> Output:
        self.said.clear()
        return prepare_corpus(self.engine, self.workspace, list(map(str, paths)), CorpusParameters(**options))


@pytest.fixture
def run(workspace: Workspace) -> Run:
    return Run(workspace)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path, Path]:
    contents = {"a.txt": TEXT, "b.txt.gz": gzip.compress(TEXT), "c.jsonl": b'{"text": "some words"}\n' * 9}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tuple(tmp_path / name for name in contents)


def _touch(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def test_touched_files_are_known_again_and_can_be_read_on(run: Run, paths: tuple[Path, ...]) -> None:
    first = run.corpus(*paths)
    words = build_vocabulary(run.engine, run.workspace, first, VocabularyParameters(1))
    for seconds in (1_000_000, 2_000_000):
        for path in paths:
            _touch(path, seconds)
        assert run.corpus(*paths) == first
        assert ["written anew, but with the same content" in text for text in run.said] == [True]
    assert run.corpus(*paths) == first
    assert run.said == []
    encode_tokens(run.engine, run.workspace, first, words)


def test_a_file_is_read_once_whatever_it_is_held_against(
    run: Run, paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for old in (b"fox", b"cat", b"hen"):
        paths[0].write_bytes(TEXT.replace(b"fox", old))
        _touch(paths[0], 1_000_000 + old[0])
        run.corpus(*paths)
    read: list[str] = []
    monkeypatch.setattr(stage_again, "digests", lambda urls, tell: read.extend(urls) or [url[-8:] for url in urls])
    paths[0].write_bytes(TEXT.replace(b"fox", b"cow"))
    _touch(paths[0], 2_000_000)
    run.corpus(*paths)
    assert sorted(read) == sorted(map(str, paths))


def test_times_that_come_back(run: Run, paths: tuple[Path, ...]) -> None:
    _touch(paths[0], 1_000_000)
    first = run.corpus(*paths)
    _touch(paths[0], 2_000_000)
    run.corpus(*paths)
    _touch(paths[0], 1_000_000)
    assert run.corpus(*paths) == first
    build_vocabulary(run.engine, run.workspace, first, VocabularyParameters(1))


def test_what_has_changed_is_told(run: Run, paths: tuple[Path, ...]) -> None:
    first = run.corpus(*paths)
    paths[0].write_bytes(TEXT.replace(b"fox", b"cat"))
    _touch(paths[0], 1_000_000)
    second = run.corpus(*paths)
    assert second.key != first.key
    assert run.said == [
        f"{paths[0]}: changed since {first.name} was made (another time, of the same size); what depends on it is made "
        "anew, beside that."
    ]
    paths[0].write_bytes(TEXT + b"more\n")
    assert run.corpus(*paths).key not in (first.key, second.key)
    assert f"({len(TEXT)} bytes then, {len(TEXT) + 5} now)" in run.said[0]
    paths[0].write_bytes(TEXT)
    assert run.corpus(*paths) == first


def test_other_rules_and_other_files_are_no_change(run: Run, paths: tuple[Path, ...]) -> None:
    run.corpus(*paths)
    _touch(paths[0], 1_000_000)
    run.corpus(*paths, document="file")
    assert run.said == []
    run.corpus(*paths[:2])
    assert run.said == []


def test_without_what_the_files_held_a_new_time_is_a_change(run: Run, paths: tuple[Path, ...]) -> None:
    first = run.corpus(*paths)
    first.keep_contents({})
    _touch(paths[0], 1_000_000)
    assert run.corpus(*paths) != first
    assert "another time, of the same size" in run.said[0]


def test_more_than_is_worth_reading_once_more(
    run: Run, paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_again, "MOST_READ", len(TEXT))
    first = run.corpus(*paths)
    assert first.contents == {}
    _touch(paths[0], 1_000_000)
    assert run.corpus(*paths) != first
    assert "another time, of the same size" in run.said[0]


def test_text_that_is_named_as_if_it_were_compressed(run: Run, tmp_path: Path) -> None:
    for name in ("a.gz", "b.zst", "empty.gz"):
        (tmp_path / name).write_bytes(TEXT if name != "empty.gz" else b"")
    run.corpus(tmp_path / "a.gz")
    assert run.said == [f"{tmp_path / 'a.gz'}: not compressed, whatever the name says; read as it is."]
    run.corpus(tmp_path)
    assert "a.gz, and 1 more: not compressed" in run.said[0]
