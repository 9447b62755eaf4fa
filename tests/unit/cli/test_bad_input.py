"""Each thing that goes wrong has a message that says what to do, and no traceback."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import zarr

from dsgns.store import Workspace
from tests.support.corpora import write_lines

SMALL = ["--vector-size", "8", "--epochs", "1", "--min-count", "1", "-q"]


@pytest.fixture
def refused(run, tmp_path: Path) -> Callable[..., str]:
    """The message of a training that is refused, and its exit code is the one expected."""

    def train(*inputs: object, options: list[str] = SMALL, output: object = None, code: int = 1) -> str:
        result = run("train", *inputs, "--output", output or tmp_path / "w.dsgns", *options)
        assert result.exit_code == code, result.output
        assert result.stderr.startswith("Error: ") or code == 2
        assert "Traceback" not in result.output
        return str(result.stderr)

    return train


@pytest.fixture
def text(tmp_path: Path) -> str:
    return write_lines(tmp_path / "text.txt", ["one two three four five six seven eight nine ten"] * 50)


def test_a_missing_file(refused, tmp_path: Path) -> None:
    said = refused(tmp_path / "nowhere.txt")
    assert "nowhere.txt names no file" in said
    assert not (tmp_path / "w.dsgns").exists(), "nothing is made for a misspelled name"


@pytest.mark.parametrize("content", ["", " \n\n \t\n"])
def test_an_empty_corpus(refused, tmp_path: Path, content: str) -> None:
    (tmp_path / "empty.txt").write_text(content)
    said = refused(tmp_path / "empty.txt")
    assert "no t" in said.lower()


def test_a_truncated_gz(refused, tmp_path: Path) -> None:
    whole = gzip.compress(os.urandom(50_000).hex().encode())
    (tmp_path / "cut.txt.gz").write_bytes(whole[: len(whole) // 2])
    said = refused(tmp_path / "cut.txt.gz")
    assert "cut.txt.gz ends too soon" in said
    assert "decoded bytes" in said


def test_a_folder_with_a_binary_file(refused, tmp_path: Path, text: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    write_lines(tmp_path / "folder" / "text.txt", ["some words"])
    said = refused(tmp_path / "folder")
    assert "picture.png is no UTF-8 text; it looks like a PNG image" in said


def test_min_count_above_every_count(refused, text: str) -> None:
    said = refused(text, options=["--min-count", "51", "-q"])
    assert "51" in said
    assert "50" in said, "the highest count there is"


def test_vector_size_above_the_vocabulary(refused, text: str, tmp_path: Path) -> None:
    said = refused(text, options=["--vector-size", "10", "--min-count", "1", "--method", "svd", "-q"], code=2)
    assert "vector_size is 10, but the vocabulary has 10 words" in said
    assert (tmp_path / "w.dsgns" / "tokens").exists()
    assert not (tmp_path / "w.dsgns" / "counts").exists(), "nothing is counted in vain"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--window", "0"], "window is 0"),
        (["--epochs", "0"], "epochs is 0"),
        (["--cds", "2"], "cds is 2.0"),
        (["--held-out", "1"], "held_out is 1.0"),
        (["--memory-limit", "much"], "'much' is no size"),
        (["--weighting", "cubic"], "'cubic' is not one of"),
        (["--tokenizer", "mine"], "tokenizer is 'mine'"),
    ],
)
def test_options_out_of_their_range(refused, text: str, options: list[str], said: str) -> None:
    assert said in refused(text, options=options, code=2)


def test_a_tokenizer_that_is_not_there(refused, text: str) -> None:
    said = refused(text, options=["--tokenizer", "no_such_module:split", "-q"])
    assert "no_such_module:split cannot be loaded" in said


def test_a_workspace_that_is_not_ours(refused, tmp_path: Path, text: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    said = refused(text, output=tmp_path / "mine")
    assert "something that dsgns did not make" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_file_in_place_of_a_workspace(run, text: str) -> None:
    result = run("status", text)
    assert result.exit_code == 1
    assert "is no dsgns workspace" in result.stderr


def test_a_workspace_that_is_not_there(run, tmp_path: Path) -> None:
    (tmp_path / "wiki.dsgns").mkdir()
    assert f"Did you mean {tmp_path / 'wiki.dsgns'}?" in run("status", tmp_path / "wiki").stderr
    assert "Name the folder given to `dsgns train --output`" in run("status", tmp_path / "other").stderr


def test_a_workspace_of_a_newer_format(refused, run, tmp_path: Path, text: str) -> None:
    zarr.open_group(tmp_path / "newer", mode="w", attributes={"dsgns": {"format": 99, "version": "9.1"}})
    for said in (refused(text, output=tmp_path / "newer"), run("status", tmp_path / "newer").stderr):
        assert "has format 99, written by dsgns 9.1" in said
        assert "Upgrade dsgns" in said


def test_a_read_only_disk(refused, text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Nobody's modes hold for root, under whom tests may run; so the system's own refusal is played here.
    place = tmp_path / "locked"
    real = Path.mkdir

    def refuse(path: Path, *args: object, **kwargs: object) -> None:
        if place in (path, *path.parents):
            raise OSError(30, "Read-only file system", str(path))
        real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", refuse)
    said = refused(text, output=place / "w.dsgns")
    assert "cannot be written to (Read-only file system); make it writable" in said
    assert "--output" in said


def test_a_second_run_on_the_same_keys(run, copied) -> None:
    training = Workspace.open(str(copied)).latest("sgns")
    training.reopen()
    with training.lease():
        result = run("sgns", copied, "--vector-size", 16, "--epochs", 2, "-q")
    assert result.exit_code == 1
    assert f"sgns/{training.key}" in result.stderr
    assert f"is being written by another run: process {os.getpid()} " in result.stderr
    assert run("sgns", copied, "--vector-size", 16, "--epochs", 2, "-q").exit_code == 0


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Two bytes that are no UTF-8 in the second line, three NULs in the third."""
    path = tmp_path / "dirty.txt"
    path.write_bytes(b"good words here\nbad \xff\xfe words\nmore\0\0\0words here\n")
    return path


def test_bytes_that_are_no_utf8_are_counted(run, tmp_path: Path, dirty: Path) -> None:
    result = run("tokens", dirty, "--output", tmp_path / "w", "--min-count", 1, "--json", "-q")
    facts = json.loads(result.stdout)["facts"]
    assert (facts["invalid_bytes"], facts["nul_bytes"]) == (2, 3)
    assert facts["first_invalid"] == f"{dirty}, byte 20"
    repairs = (
        f"in the text: 2 bytes that are not UTF-8 (the first: {dirty}, byte 20); "
        f"3 NULs, taken for white space (the first: {dirty}, byte 33)"
    )
    assert repairs in run("tokens", tmp_path / "w", "--min-count", 1, "-q").stdout
    assert repairs in run("status", tmp_path / "w").stdout
    assert json.loads(run("status", tmp_path / "w", "--json").stdout)["repairs"]["nul_bytes"] == 3


def test_the_account_of_each_file_of_whatever_name(run, tmp_path: Path, dirty: Path) -> None:
    odd = os.fsdecode(b"caf\xe9.txt")
    write_lines(tmp_path / odd, ["some words"])
    result = run("tokens", dirty, tmp_path / odd, "--output", tmp_path / "w", "--min-count", 1, "-q")
    assert result.exit_code == 0, result.output
    known = json.loads(run("status", tmp_path / "w", "--files", "--json").stdout)
    assert [file["url"] for file in known["files"]] == [str(tmp_path / odd), str(dirty)]
    assert known["account"]["bad"]["out_of_range"] == {"bytes": 2, "first": [f"{dirty}, byte 20", f"{dirty}, byte 21"]}
    told = run("status", tmp_path / "w", "--files").stdout
    assert f"of the files: 2 files of {known['account']['bytes']} B, 4 documents read = 4 used" in told
    bad = [line.split() for line in told.splitlines() if line.startswith(("out of range", "NUL "))]
    assert [line[-1] for line in bad] == ["2", "3"]
    rows = told.splitlines()[-2:]
    assert rows[0].split()[0] == str(dirty), "what lost most comes first"
    assert rows[1].startswith(f"{tmp_path}/caf\\udce9.txt")


def test_strict_stops_at_the_first(run, tmp_path: Path, dirty: Path) -> None:
    result = run("tokens", dirty, "--output", tmp_path / "w", "--errors", "strict", "-q")
    assert result.exit_code == 1
    assert f"{dirty}: byte 20 (in line 2) is no UTF-8" in result.stderr


def test_skip_drops_the_document_and_counts_it(run, tmp_path: Path, dirty: Path) -> None:
    result = run("tokens", dirty, "--output", tmp_path / "w", "--errors", "skip", "--min-count", 1, "--json", "-q")
    assert result.exit_code == 0, result.output
    tokens = json.loads(result.stdout)["facts"]["conservation"]
    assert tokens["filtered"] == 3
    assert tokens["tokens_read"] == tokens["used"] + tokens["filtered"]


def test_no_scheduler_answers(run, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsgns.engine.cluster.CONNECT_TIMEOUT", 0.5)
    result = run("train", text, "--output", tmp_path / "w", "--scheduler", "tcp://127.0.0.1:9", *SMALL)
    assert result.exit_code == 1
    assert "No Dask scheduler answered at tcp://127.0.0.1:9" in result.stderr
