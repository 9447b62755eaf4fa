from __future__ import annotations

import errno
import gzip
import io
import os
import tarfile
from pathlib import Path
from typing import Literal

import fsspec
import numpy as np
import pytest

from dsgns.corpus.sources import Source, find_sources, fingerprint, read_up_to
from dsgns.errors import CorpusError, EmptyCorpusError, SourceNotFoundError
from dsgns.store import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "deep/er/c.txt", ".hidden.txt", ".git/d.txt"):
        path = tmp_path / "text" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("some words\n")
    return tmp_path / "text"


def names(inputs: list[str], folder: Path) -> list[str]:
    return [os.path.relpath(source.url, folder) for source in find_sources(inputs)]


def test_a_directory_is_searched_to_the_bottom_and_hidden_files_passed_over(folder: Path) -> None:
    assert names([str(folder)], folder) == ["a.txt", "b.txt", "deep/er/c.txt"]


def test_each_file_once_however_often_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    given = ["b.txt", str(folder), "*.txt", "deep/../a.txt", f"file://{folder}/b.txt"]
    assert names(given, folder) == ["a.txt", "b.txt", "deep/er/c.txt"]


def test_globs(folder: Path) -> None:
    assert names([f"{folder}/**/*.txt"], folder) == ["a.txt", "b.txt", "deep/er/c.txt"]
    assert names([f"{folder}/[b]*"], folder) == ["b.txt"]
    assert names([f"{folder}/d*"], folder) == ["deep/er/c.txt"]


def test_a_file_whose_name_looks_like_a_glob(folder: Path) -> None:
    (folder / "a[1].txt").write_text("words\n")
    assert names([f"{folder}/a[1].txt"], folder) == ["a[1].txt"]


def test_a_hidden_file_that_is_named_itself(folder: Path) -> None:
    assert names([f"{folder}/.hidden.txt"], folder) == [".hidden.txt"]


def test_workspaces_within_a_directory_are_passed_over(folder: Path) -> None:
    Workspace.create(str(folder / "w.dsgns"))
    assert names([str(folder)], folder) == ["a.txt", "b.txt", "deep/er/c.txt"]


def test_urls(folder: Path) -> None:
    fs = fsspec.filesystem("memory")
    for name in ("/books/b.txt", "/books/a.txt", "/books/.hidden"):
        fs.pipe_file(name, b"some words\n")
    try:
        found = find_sources(["memory://books"])
        assert [source.url for source in found] == ["memory:///books/a.txt", "memory:///books/b.txt"]
        assert [source.size for source in found] == [11, 11]
        assert find_sources(["memory://books/a*"])[0].fingerprint
        with pytest.raises(SourceNotFoundError, match="memory://nothing"):
            find_sources(["memory://nothing"])
    finally:
        fs.rm("/books", recursive=True)


@pytest.mark.parametrize("given", ["missing.txt", "*.nothing"])
def test_what_names_no_file(folder: Path, given: str) -> None:
    with pytest.raises(SourceNotFoundError, match="names no file") as caught:
        find_sources([str(folder / "a.txt"), str(folder / given)])
    assert given in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


def test_a_name_with_a_slip_in_it_is_told_the_one_that_is_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "wiki-2024.txt").write_text("words\n")
    monkeypatch.chdir(folder.parent)
    for given, told in {
        "text/wiki-2042.txt": "Did you mean text/wiki-2024.txt?",
        f"{folder}/wiki.txt": f"Did you mean {folder}/wiki-2024.txt?",
        "texts/a.txt": f"There is no folder {folder.parent}/texts. Names are looked up in {folder.parent}.",
        "text/zebra": f"There is nothing of a name like that in {folder}.",
        "text/*.md": f"only when they are named themselves. Names are looked up in {folder.parent}.",
    }.items():
        with pytest.raises(SourceNotFoundError) as caught:
            find_sources([given])
        assert str(caught.value).endswith(told)


def test_a_directory_without_text_is_called_so(folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(SourceNotFoundError, match=r"text/empty is an empty directory"):
        find_sources([str(folder / "empty")])
    for passed_over in (".git", "w.dsgns"):
        inside = folder / f"of-{passed_over}"
        inside.mkdir()
        Workspace.create(str(inside / passed_over))
        with pytest.raises(SourceNotFoundError, match=rf"{inside} is a directory without a file to read: hidden files"):
            find_sources([str(inside)])


def test_a_directory_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> list[str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    for asked in ("listdir", "scandir"):
        monkeypatch.setattr(os, asked, refuse)
    with pytest.raises(CorpusError, match=r"text cannot be read \(Permission denied\)\. Make it readable"):
        find_sources([str(folder)])


def test_nothing_but_empty_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(EmptyCorpusError, match="not a byte"):
        find_sources([str(tmp_path)])
    with pytest.raises(EmptyCorpusError, match="No input"):
        find_sources([])


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="no regular file"):
        find_sources([str(tmp_path / "pipe")])


PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
NOISE = np.random.default_rng(0).integers(0, 256, 5000, np.uint8).tobytes()


@pytest.mark.parametrize(
    ("data", "what"),
    [(PNG, "a PNG image"), (NOISE, "binary data"), (bytes(1000), "binary data"), ("text".encode("utf-16"), "UTF-16")],
)
def test_a_directory_with_a_binary_file(folder: Path, data: bytes, what: str) -> None:
    (folder / "picture.bin").write_bytes(data)
    with pytest.raises(CorpusError, match=f"picture.bin is no UTF-8 text; it looks like {what}.*Leave it out"):
        find_sources([str(folder)])


@pytest.mark.parametrize("words", [10, 20_000])
@pytest.mark.parametrize(
    ("ending", "mode"), [("tar", "w"), ("tar.gz", "w:gz"), ("tbz2", "w:bz2"), ("tar.xz", "w:xz"), ("text", "w:gz")]
)
def test_a_tar_archive(tmp_path: Path, ending: str, mode: Literal["w", "w:gz", "w:bz2", "w:xz"], words: int) -> None:
    (tmp_path / "a.txt").write_text(" ".join(map(str, np.random.default_rng(0).integers(0, 1 << 30, words))))
    with tarfile.open(tmp_path / f"books.{ending}", mode) as archive:
        archive.add(tmp_path / "a.txt", "a.txt")
    with pytest.raises(CorpusError, match=rf"books\.{ending} is no UTF-8 text; it looks like a tar archive.*`tar xf`"):
        find_sources([str(tmp_path)])


@pytest.mark.parametrize(
    "text",
    ["日本語のテキスト" * 700, "a\0b c\0d ", "Привет, мир\n" * 1000, "\ufeffwith a mark", "ESC \x1b[1m bold\n" * 9],
)
def test_text_of_any_language_is_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode())
    (tmp_path / "b.gz").write_bytes(gzip.compress(text.encode()))
    assert [source.compression for source in find_sources([str(tmp_path)])] == ["", "gz"]


def test_latin_1_is_bad_text_but_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Où est la bibliothèque, s'il vous plaît?\n".encode("latin-1") * 100)
    assert len(find_sources([str(tmp_path)])) == 1


def test_the_fingerprint_changes_with_whatever_shapes_the_text(folder: Path) -> None:
    sources = find_sources([str(folder)])
    known = fingerprint(sources, "whitespace")
    assert fingerprint(find_sources([str(folder)]), "whitespace") == known
    assert fingerprint(sources[1:], "whitespace") != known
    assert fingerprint(sources, "words") != known
    os.utime(folder / "a.txt", ns=(1, 1))
    assert fingerprint(find_sources([str(folder)]), "whitespace") != known
    assert fingerprint([Source("a", 1, "x")], "") != fingerprint([Source("a", 2, "x")], "")


def test_a_file_that_gives_less_than_was_asked_for_is_read_on() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 3))

    assert read_up_to(Slow(b"some words"), 8) == b"some wor"
    assert read_up_to(Slow(b"some words"), 99) == b"some words"
