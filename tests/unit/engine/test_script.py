"""A script without a guard is refused at once, in a few lines, before there are workers to run it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsgns.engine.script import _guarded

TRAIN = "import dsgns\n{}dsgns.train('text.txt', 'w', vector_size=8, min_count=1, method='svd')\n"


def said_by(script: Path) -> str:
    # Where nothing is compiled: the refusal must come before that begins.
    there = os.environ | {"XDG_CACHE_HOME": str(script.parent / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    there.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=script.parent, env=there)
    assert done.returncode == 1
    assert not list(script.parent.rglob("*.warm")), "the compiling of kernels was begun"
    assert not (script.parent / "w").exists(), "a workspace was made"
    return done.stderr


@pytest.mark.parametrize(("before", "line"), [("", 2), ("with open('text.txt'):\n    ", 3)])
def test_a_script_without_a_guard(tmp_path: Path, before: str, line: int) -> None:
    (tmp_path / "text.txt").write_text("some words\n")
    script = tmp_path / "script.py"
    script.write_text(TRAIN.format(before))
    said = said_by(script)
    assert said.count("Traceback") == 1
    assert said.splitlines()[-1].startswith(f"dsgns.errors.ClusterError: {script}, line {line}, would be run again")
    assert '`if __name__ == "__main__":`' in said


@pytest.mark.parametrize(
    ("source", "line", "guarded"),
    [
        ("x = 1\nf(x)\n", 2, False),
        ("if __name__ == '__main__':\n    f()\n", 2, True),
        ("try:\n    if a:\n        f()\nfinally:\n    g()\n", 3, True),
        ("try:\n    if a:\n        f()\nfinally:\n    g()\n", 5, False),
    ],
)
def test_what_is_a_guard(tmp_path: Path, source: str, line: int, guarded: bool) -> None:
    (tmp_path / "script.py").write_text(source)
    assert _guarded(tmp_path / "script.py", line) == guarded
