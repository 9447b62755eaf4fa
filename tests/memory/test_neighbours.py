"""Very many different pairs of words are counted exactly in memory that does not hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsgns.engine.cluster import HEAP

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts private memory on Linux only")
TOKENS, MIB = 8_000_000, 330


def learned(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.memory.neighbours", str(TOKENS), str(MIB), str(folder), *flags]
    heap = {name: str(value) for name, value in HEAP.items()}
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=os.environ | heap)


def test_millions_of_pairs_are_counted_in_little_memory(tmp_path):
    done = learned(tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["found"] == [["new_york", TOKENS // 1000]]
    assert found["distinct_pairs"][0] > TOKENS // 2
    assert found["figures"]["phrases: pass-1/merge pairs"]["blocks"] > 1, "no task held all of them"


def test_one_table_of_them_would_not_fit(tmp_path):
    done = learned(tmp_path, "--in-memory")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr
