"""Text that kills workers, or cannot be read, stops a run, or is left out and told where that is asked for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dask
import numpy as np
import pytest
from click.testing import CliRunner

from dsgns import pipeline
from dsgns.cli import main
from dsgns.corpus.texts import Place, PlainText, open_text
from dsgns.engine import Engine, open_engine
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.status import status
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from tests.support.corpora import write_lines, zipf_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

SHARD = 8 << 10
LINES = zipf_lines(8_000, types=200)
STOPS = TrainParameters.from_options(min_count=1, tokenizer="tests.support.deadly:split")
SKIPS = STOPS.updated(skip_bad_shards=True)


def encode(engine: Engine, workspace: Workspace, text: str, parameters: TrainParameters) -> Output:
    return pipeline.encode(engine, workspace, [text], parameters)


@pytest.fixture(scope="module")
def mortal() -> Iterator[Engine]:
    """One worker, of whose tasks each is given up at its first death, and then tried alone."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        open_engine(Resources(workers=1, memory_limit=1 << 30, shard_size=SHARD)) as engine,
    ):
        yield engine


def test_a_shard_that_workers_die_of_is_left_out_and_told(mortal: Engine, workspace: Workspace, tmp_path: Path) -> None:
    half = len(LINES) // 2
    text = write_lines(tmp_path / "corpus.txt", [*LINES[:half], "a poison word", *LINES[half:]])
    tokens = encode(mortal, workspace, text, SKIPS)
    (skipped,) = tokens.facts["skipped"]
    data = Path(text).read_bytes()
    assert skipped["file"] == text
    assert b"poison" in data[skipped["start"] : skipped["stop"]]
    assert 0 < skipped["stop"] - skipped["start"] < 2 * SHARD

    rest = tmp_path / "rest.txt"
    rest.write_bytes(data[: skipped["start"]] + data[skipped["stop"] :])
    same = encode(mortal, workspace, str(rest), STOPS)
    assert digests(tokens)["ids"] == digests(same)["ids"]
    assert tokens.facts["conservation"] == same.facts["conservation"]
    assert "skipped" not in same.facts

    assert status(workspace)["skipped"] is None, "of the last corpus"
    workspace.remember(tokens)
    assert status(workspace)["skipped"] == [skipped]
    shown = CliRunner().invoke(main, ["status", workspace.url]).output
    assert f"skipped: {text}, bytes {skipped['start']} to {skipped['stop']}: workers die of it" in shown


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with a text, and a compressed one of which the end is missing."""
    folder = tmp_path / "text"
    folder.mkdir()
    write_lines(folder / "a.txt", LINES[:50])
    packed = gzip.compress(("\n".join(LINES) + "\n").encode())
    (folder / "b.txt.gz").write_bytes(packed[: len(packed) // 2])
    write_lines(folder / "c.txt", LINES[50:90])
    return folder


@pytest.mark.parametrize("errors", ["replace", "skip"])
def test_a_file_that_breaks_off_is_read_up_to_there(
    engine: Engine, workspace: Workspace, broken: Path, errors: str
) -> None:
    parameters = TrainParameters.from_options(min_count=1, errors=errors)
    with pytest.raises(TruncatedSourceError, match=r"b\.txt\.gz"):
        encode(engine, workspace, str(broken), parameters)
    tokens = encode(engine, workspace, str(broken), parameters.updated(skip_bad_shards=True))
    (skipped,) = tokens.facts["skipped"]
    size = (broken / "b.txt.gz").stat().st_size
    assert (skipped["file"], skipped["stop"]) == (str(broken / "b.txt.gz"), size)
    assert "b.txt.gz" in skipped["why"]
    words = sum(len(line.split()) for line in LINES[:90])
    assert words < tokens.facts["tokens"] < words + sum(len(line.split()) for line in LINES)


def test_records_that_options_ask_to_stop_at_are_not_skipped(
    engine: Engine, workspace: Workspace, tmp_path: Path
) -> None:
    text = write_lines(tmp_path / "a.jsonl", ['{"text": "some words"}'] * 9 + ["{no json"])
    strict = TrainParameters().updated(min_count=1, errors="strict", skip_bad_shards=True)
    with pytest.raises(CorpusError, match=r"a\.jsonl, line 10.*--errors"):
        encode(engine, workspace, text, strict)


def test_where_nothing_is_bad_nothing_is_skipped(engine: Engine, workspace: Workspace, tmp_path: Path) -> None:
    text = write_lines(tmp_path / "corpus.txt", LINES[:50])
    plain = TrainParameters.from_options(min_count=1)
    tokens = [encode(engine, workspace, text, each) for each in (plain, plain.updated(skip_bad_shards=True))]
    assert digests(tokens[0]) == digests(tokens[1])
    assert tokens[0].key != tokens[1].key
    assert tokens[1].facts["skipped"] == []


def test_a_disk_that_does_not_give_the_text_is_told_with_the_byte(tmp_path: Path) -> None:
    def fail(view: memoryview) -> int:
        raise OSError(5, "Input/output error")

    file = SimpleNamespace(seek=lambda start: None, readinto=fail)
    with pytest.raises(CorpusError, match=r"a\.txt cannot be read from byte 7 on: \[Errno 5\] Input/output error"):
        PlainText(Place("a.txt", 20), file).read_into(7, np.empty(3, np.uint8))  # type: ignore[arg-type]
    with pytest.raises(CorpusError, match=r"gone\.txt cannot be read: .*No such file"):
        with open_text(Place(str(tmp_path / "gone.txt"), 20)):
            pass
