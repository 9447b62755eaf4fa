"""Very many different words are counted exactly in memory that does not hold them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsgns.engine.cluster import HEAP
from tests.memory.types import EVERY, MIN_COUNT, OFTEN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts private memory on Linux only")
TYPES, MIB = 6_000_000, 200


def counted(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.memory.types", str(TYPES), str(MIB), str(folder), *flags]
    heap = {name: str(value) for name, value in HEAP.items()}
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=os.environ | heap)


def test_millions_of_types_are_counted_in_little_memory(tmp_path):
    done = counted(tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["distinct"] == TYPES
    assert found["used"] == found["tokens"]
    assert OFTEN >= MIN_COUNT
    assert found["size"] == len(range(0, TYPES, EVERY))
    assert found["left_out"] == {"min_count": found["used"] - found["total"]}
    assert found["figures"]["vocabulary: merge"]["blocks"] > 1, "no task held all of them"


def test_one_table_of_them_would_not_fit(tmp_path):
    done = counted(tmp_path, "--in-memory")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr
