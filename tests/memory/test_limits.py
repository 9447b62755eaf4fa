"""Every stage passes under an operating-system limit of a quarter of its data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from dsgns.engine.cluster import HEAP
from dsgns.store import Workspace
from dsgns.store.digest import digests
from tests.memory.limited import LONG, WIDE, run_stage
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts private memory on Linux only")


class Made(NamedTuple):
    """A corpus and the workspace made from it."""

    corpus: str
    workspace: Workspace


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Made:
    """Text of 720 MB: the same 1.3 million tokens again and again."""
    path = tmp_path_factory.mktemp("long") / "corpus.txt"
    write_again_and_again(path, "\n", 720_000_000)
    return make(path, LONG)


@pytest.fixture(scope="module")
def wide(tmp_path_factory) -> Made:
    """A corpus of nine million tokens whose counts, 12 bytes a non-zero, take over 600 MB."""
    path = tmp_path_factory.mktemp("wide") / "corpus.txt"
    write_lines(path, zipf_lines(9_000_000, types=60_000, topics=20))
    made = make(path, WIDE)
    path.with_suffix(".json").write_text(json.dumps(made.workspace.latest("counts").facts))
    return made


@pytest.fixture(scope="module")
def one_line(tmp_path_factory) -> Made:
    """Text of 260 MB that is a single line, and so a single document."""
    path = tmp_path_factory.mktemp("line") / "corpus.txt"
    write_again_and_again(path, " ", 260_000_000)
    return make(path, ("tokens",))


def write_again_and_again(path: Path, end: str, size: int) -> None:
    """Write the same 1.3 million tokens again and again, ``end`` behind each line, up to so many bytes."""
    text = end.join(zipf_lines(1_300_000, types=20_000, topics=200)) + end
    with path.open("w") as file:
        for _ in range(size // len(text)):
            file.write(text)


def make(path: Path, stages: tuple[str, ...]) -> Made:
    """Every stage made with all the memory it likes."""
    workspace = Workspace.create(str(path.with_name("w")))
    for stage in stages:
        run_stage(SerialEngine(8 << 30), workspace, str(path), stage)
    return Made(str(path), workspace)


def limited(stage: str, made: Made, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.memory.limited", stage, made.corpus, made.workspace.url, *flags]
    heap = {name: str(value) for name, value in HEAP.items()}
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=os.environ | heap)


@pytest.mark.parametrize("stage", LONG + WIDE)
def test_a_quarter_of_the_data_is_enough(stage, request):
    made = request.getfixturevalue("long" if stage in LONG else "wide")
    known = made.workspace.latest(stage)
    expected = digests(known)
    known.remove("")
    done = limited(stage, made)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["key"] == known.key
    assert digests(known) == expected


@pytest.mark.parametrize("stage", LONG + WIDE)
def test_an_in_memory_version_would_fail(stage, request):
    made = request.getfixturevalue("long" if stage in LONG else "wide")
    done = limited(stage, made, "--in-memory")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr


@pytest.mark.parametrize("in_memory", [False, True])
def test_a_single_line_takes_no_more_than_many(one_line, in_memory):
    tokens, vocabulary = (one_line.workspace.latest(stage) for stage in ("tokens", "vocabulary"))
    assert tokens.facts["documents"] == 1
    expected = digests(tokens)
    for output in (tokens, vocabulary):
        output.remove("")
    done = limited("tokens", one_line, "--mib", "160", *["--in-memory"] * in_memory)
    if in_memory:
        assert done.returncode != 0
        assert "MemoryError" in done.stderr
    else:
        assert done.returncode == 0, done.stderr[-3000:]
        assert digests(tokens) == expected
