from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from dsgns import compile as compiling
from dsgns.compile import cache_folder, kernel


@kernel
def doubled(x):
    return 2 * x


def test_a_kernel_is_kept_in_our_folder_and_nobody_elses():
    before = numba.config.CACHE_DIR
    assert doubled(4) == 8
    assert before == numba.config.CACHE_DIR
    assert Path(doubled.stats.cache_path).is_relative_to(before or cache_folder())


def test_a_function_without_a_file_is_not_kept():
    space: dict = {}
    exec("def tripled(x):\n    return 3 * x", space)
    assert kernel(space["tripled"])(4) == 12


def test_kernels_that_were_compiled_at_another_level_are_not_taken_for_these(monkeypatch: pytest.MonkeyPatch):
    usual = compiling._source_hash()
    monkeypatch.setattr(numba.config, "OPT", 0)
    assert compiling._source_hash() != usual


@pytest.mark.parametrize("moved", ["elsewhere", "installed again"])
def test_kernels_that_another_installation_compiled_are_not_taken_for_these(tmp_path: Path, moved: str):
    """Numba would not load them, so a warm-up that took them for done would leave the compiling to the workers."""
    first = shutil.copytree(Path(compiling.__file__).parent, tmp_path / "first" / "dsgns")
    usual = folder_of(first)
    if moved == "elsewhere":
        first = shutil.copytree(first, tmp_path / "second" / "dsgns")
    else:
        os.utime(first / "compile.py", (0, 0))
    assert folder_of(first) != usual


def folder_of(package: Path) -> str:
    """Where a copy of the package keeps its kernels."""
    code = "from dsgns.compile import cache_folder; print(cache_folder())"
    environment = os.environ | {"PYTHONPATH": str(package.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=package.parent, text=True, stdout=subprocess.PIPE, check=True
    )
    return done.stdout
