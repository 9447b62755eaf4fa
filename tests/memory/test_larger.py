"""A model that is larger than the memory there is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dsgns.engine.cluster import HEAP

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts private memory on Linux only")


@pytest.mark.parametrize("in_memory", [False, True])
def test_half_of_a_model_is_enough_to_train_it(in_memory: bool, tmp_path) -> None:
    command = [sys.executable, "-m", "tests.memory.larger", str(tmp_path), *["--in-memory"] * in_memory]
    heap = {name: str(value) for name, value in HEAP.items()}
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, env=os.environ | heap)
    if in_memory:
        assert "MemoryError" in done.stderr, "what does not lie in a file cannot pass this test"
    else:
        assert done.returncode == 0, done.stderr[-3000:]
        assert done.stdout.startswith("d300-")
