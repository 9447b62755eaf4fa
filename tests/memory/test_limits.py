"""Every stage passes under an operating-system limit of a quarter of its data."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dsgns.store import Workspace
from dsgns.store.digest import digests
from tests.memory.limited import STAGES, run_stage
from tests.support.corpora import zipf_lines
from tests.support.serial import SerialEngine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts private memory on Linux only")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> str:
    """About 110 MB of text: 16 times the same 1.3 million tokens over 20,000 types."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    text = "\n".join(zipf_lines(1_300_000, types=20_000, topics=200)) + "\n"
    with path.open("w") as file:
        for _ in range(16):
            file.write(text)
    return str(path)


@pytest.fixture(scope="module")
def unlimited(corpus, tmp_path_factory) -> Workspace:
    """A workspace in which every stage was made with all the memory it liked."""
    workspace = Workspace.create(str(tmp_path_factory.mktemp("unlimited") / "w"))
    for stage in STAGES:
        run_stage(SerialEngine(8 << 30), workspace, corpus, stage)
    return workspace


def limited(stage: str, corpus: str, workspace: Workspace, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.memory.limited", stage, corpus, workspace.url, *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.parametrize("stage", STAGES)
def test_a_quarter_of_the_data_is_enough(stage, corpus, unlimited, tmp_path):
    known = unlimited.latest(stage)
    expected = digests(known)
    known.remove("")
    done = limited(stage, corpus, unlimited)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["key"] == known.key
    assert digests(unlimited.output(stage, known.key)) == expected


@pytest.mark.parametrize("stage", STAGES)
def test_an_in_memory_version_would_fail(stage, corpus, unlimited):
    done = limited(stage, corpus, unlimited, "--in-memory")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr
