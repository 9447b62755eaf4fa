from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
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


def test_kernels_that_nobody_asked_for_in_a_month_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    now = time.time()
    ages = {"ours": 90, "recent": 29, "old": 31, "begun.dropped": 31}
    for name, days in ages.items():
        (tmp_path / f"kernels-{name}" / "sgns").mkdir(parents=True)
        (tmp_path / f"kernels-{name}" / "sgns" / "kernel.nbi").touch()
        os.utime(tmp_path / f"kernels-{name}", (now, now - days * 86_400))
    (tmp_path / "another").mkdir()
    os.utime(tmp_path / "another", (0, 0))
    monkeypatch.setattr(compiling, "cache_folder", lambda: tmp_path / "kernels-ours")
    compiling.drop_unused_kernels()
    assert {path.name for path in tmp_path.iterdir()} == {"kernels-ours", "kernels-recent", "another"}
    assert (tmp_path / "kernels-recent" / "sgns" / "kernel.nbi").exists()


def test_a_process_that_asks_for_its_kernels_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    package = Path(compiling.__file__).parent
    folder = Path(folder_of(package).strip())
    assert folder.parent == tmp_path / "dsgns"
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder, (0, 0))
    folder_of(package)
    assert time.time() - folder.stat().st_mtime < 3600


def folder_of(package: Path) -> str:
    """Where a copy of the package keeps its kernels."""
    code = "from dsgns.compile import cache_folder; print(cache_folder())"
    environment = os.environ | {"PYTHONPATH": str(package.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=package.parent, text=True, stdout=subprocess.PIPE, check=True
    )
    return done.stdout
