"""Bad files rather than bad bytes: what cannot be read, has odd names, is there twice, or changes in between."""

from __future__ import annotations

import builtins
import errno
import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsgns.corpus import decoding
from dsgns.corpus.search import files_named
from dsgns.corpus.sources import find_sources
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import CorpusError, SourceNotFoundError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Workspace
from dsgns.tokens.account import files_of
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.encoding import documents, encoded
from tests.support.serial import SerialEngine
from tests.unit.corpus.test_decoding import PACKERS

GOOD = b"some good words\n"
WORDS = ["some", "good", "words"]
RECORD = b'{"text": "some good words"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text" / "deep").mkdir(parents=True)
    for name in ("a.txt", "deep/b.txt"):
        (tmp_path / "text" / name).write_bytes(GOOD)
    return tmp_path / "text"


def names(folder: Path) -> list[str]:
    return sorted(os.path.relpath(name, folder) for name in files_named(str(folder)))


def test_a_link_that_leads_nowhere(folder: Path) -> None:
    (folder / "gone.txt").symlink_to(folder / "nothing")
    with pytest.raises(
        CorpusError, match=r"gone\.txt cannot be read: .*No such file.* Make it readable, or leave it out"
    ):
        find_sources([str(folder)])
    with pytest.raises(SourceNotFoundError, match=r"gone\.txt names no file"):
        find_sources([str(folder / "gone.txt")])


def test_links_that_lead_round_in_circles(folder: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "again").symlink_to(folder / "deep")
    (folder / "itself").symlink_to(folder / "itself")
    with pytest.raises(CorpusError, match=r"itself cannot be read: .*[Ll]ink"):
        find_sources([str(folder)])
    (folder / "itself").unlink()
    assert names(folder) == ["a.txt", "deep/b.txt"]


def test_folders_that_links_lead_to_are_read_once(folder: Path, tmp_path: Path) -> None:
    for other in (tmp_path / "other", folder / ".hidden"):
        other.mkdir()
        (other / "c.txt").write_bytes(GOOD)
    for number in range(2):
        (folder / f"out{number}").symlink_to(tmp_path / "other")
    (folder / "deep" / "in").symlink_to(folder / ".hidden")
    assert names(folder) == ["a.txt", "deep/b.txt", "deep/in/c.txt", "out0/c.txt"]


@pytest.mark.parametrize("where", ["a file", "a folder"])
def test_one_of_a_thousand_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    # Nobody's modes hold for root, under whom tests may run; so the system's own refusal is played here.
    for number in range(1000):
        (folder / f"{number}.txt").write_bytes(GOOD)
    locked = str(folder / "567.txt" if where == "a file" else folder / "deep")

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if str(path) == locked:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), locked)
            return real(path, *args, **kwargs)

        return ask

    for module, asked in ((builtins, "open"), (os, "scandir")):
        monkeypatch.setattr(module, asked, refusing(getattr(module, asked)))
    with pytest.raises(
        CorpusError, match=rf"{locked} cannot be read.*Permission denied.*Make it readable, or leave it"
    ):
        find_sources([str(folder)])


def test_names_of_any_bytes(workspace: Workspace, tmp_path: Path) -> None:
    odd = [b"with spaces.txt", b"with\na line feed.txt", b"not \xff UTF-8.txt", b"-", b"100%.txt", b"#{}.txt"]
    folder = os.fsencode(tmp_path) + b"/text"
    os.mkdir(folder)
    for name in odd:
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"\xff " + GOOD)
    tokens = encoded(workspace, [os.fsdecode(folder)])
    assert documents(workspace, tokens) == [["\ufffd", *WORDS]] * len(odd)
    assert [file["url"] for file in files_of(tokens)] == sorted(os.fsdecode(folder + b"/" + name) for name in odd)


def test_empty_files_among_good_ones_and_the_same_text_twice(workspace: Workspace, tmp_path: Path) -> None:
    for name, data in {"a.txt": b"", "b.txt": GOOD, "c.gz": gzip.compress(b""), "d.jsonl": b"", "e.txt": GOOD}.items():
        (tmp_path / name).write_bytes(data)
    inputs = [str(tmp_path / f"{name}") for name in ("a.txt", "b.txt", "b.txt", "c.gz", "d.jsonl", "e.txt")]
    tokens = encoded(workspace, inputs)
    assert documents(workspace, tokens) == [WORDS, WORDS]
    assert [file["used"] for file in files_of(tokens)] == [0, 3, 0, 0, 3]


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "shorter": (lambda path: os.truncate(path, path.stat().st_size // 2), r"it had \d+ bytes then, and has \d+ now"),
    "longer": (lambda path: path.write_bytes(path.read_bytes() * 2), r"it had \d+ bytes then, and has \d+ now"),
    "other text": (lambda path: path.write_bytes(path.read_bytes()[::-1]), "it was written again"),
    "gone": (Path.unlink, r"cannot be read any more: .*No such file.*Put it back, or name the text anew"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("name", "data"), [("a.txt", GOOD), ("a.jsonl", RECORD), ("a.txt.gz", gzip.compress(GOOD))])
def test_files_that_change_between_stages(
    workspace: Workspace, tmp_path: Path, name: str, data: bytes, change: str
) -> None:
    path, (make, said) = tmp_path / name, CHANGES[change]
    path.write_bytes(data)
    engine = SerialEngine(1 << 30, 1 << 20)
    corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    make(path)
    with pytest.raises(CorpusError, match=rf"{name} .*{said}"):
        encode_tokens(engine, workspace, corpus, words)


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_a_file_that_is_cut_while_it_is_read(
    workspace: Workspace, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_bytes(RECORD * 100)
    engine = SerialEngine(1 << 30, 1 << 20)
    corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())
    monkeypatch.setattr("dsgns.corpus.stage.require_unchanged", lambda sources: os.truncate(path, 50))
    with pytest.raises(CorpusError, match=rf"{name}.* it was changed while it was read"):
        build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_stops_before_it_fills_a_disk(
    workspace: Workspace, tmp_path: Path, packer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_BOMB", 4 << 20)
    (tmp_path / "bomb").write_bytes(PACKERS[packer](b" " * (64 << 20)))
    with pytest.raises(CorpusError, match=r"bomb is no text that was compressed: \d+ of its bytes stand for more"):
        encoded(workspace, [str(tmp_path / "bomb")], input_format="text")
    (tmp_path / "bomb").write_bytes(PACKERS[packer](GOOD * (3 << 16)))
    assert encoded(workspace, [str(tmp_path / "bomb")], shard_size=1 << 22).facts["tokens"] == 9 << 16
