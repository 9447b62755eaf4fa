"""Kernels are compiled once for each installation and processor, whoever comes first and however many they are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import numba
import pytest

from dsgns import warmup
from dsgns.engine import Event
from dsgns.warmup import warm_up
from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster

AT_ONCE = """
import numpy as np
from dsgns.corpus.kernels_utf8 import after_white_space
print(after_white_space(np.frombuffer(b"one two", np.uint8), 7))
"""


def train(*arguments: str) -> str:
    """What a run says, and numba whenever it keeps what it compiled."""
    command = [sys.executable, "-m", "dsgns", "train", *arguments, "--epochs", "1", "--workers", "1"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"NUMBA_DEBUG_CACHE": "1"}, timeout=280
    )
    assert not done.returncode, done.stderr
    return done.stdout + done.stderr


def test_after_the_first_run_nothing_is_compiled(tmp_path: Path) -> None:
    text = write_lines(tmp_path / "text.txt", zipf_lines(50_000, types=3000, line=500))
    train(text, "-o", str(tmp_path / "first.dsgns"), "--vector-size", "16")
    later = ["--vector-size", "300", "--window", "5", "--min-count", "2", "--sample", "0", "--memory-limit", "1GiB"]
    said = train(text, "-o", str(tmp_path / "second.dsgns"), *later)
    assert "data loaded" in said
    assert [line for line in said.splitlines() if "data saved" in line] == []


def test_a_new_window_is_compiled_before_there_are_workers(tmp_path: Path) -> None:
    warm_up(3)
    text = write_lines(tmp_path / "text.txt", zipf_lines(50_000, types=3000, line=500))
    said = train(text, "-o", str(tmp_path / "w.dsgns"), "--vector-size", "16", "--window", "3", "--method", "svd")
    assert "data loaded" in said
    assert "data saved" not in said


def test_of_two_first_runs_at_once_one_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[int] = []

    def compiling(windows: list[int], *_: object) -> None:
        time.sleep(0.2)
        compiled.extend(windows)
        for window in windows:
            warmup._mark(f"window-{window}").touch()

    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(warmup, "_compile", compiling)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(warm_up, [3, 3]))
    assert sorted(compiled) == [3, 5, 10]


def test_what_is_compiled_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Event] = []
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(warmup, "open_engine", lambda *_: nullcontext())
    monkeypatch.setattr(warmup, "_run", lambda *_: None)
    monkeypatch.setattr(warmup, "_parts", lambda *_: [lambda: None] * 3)
    warm_up(listener=told.append)
    assert [event.kind for event in told[:2]] == ["note", "begin"], "also while another run compiles"
    assert [(event.kind, event.done, event.total) for event in told[2:]] == [
        ("begin", 0, 5),
        *(("advance", done, 5) for done in range(1, 5)),
        ("end", 5, 5),
    ]
    warm_up(listener=told.append)
    assert len(told) == 8, "once"


def test_processes_that_compile_the_same_at_once_do_not_disturb_one_another(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", AT_ONCE]
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in started:
        assert process.communicate(timeout=120) == ("4\n", "")
        assert process.returncode == 0
    assert list(tmp_path.rglob("*after_white_space*.nbi"))
    last = subprocess.run(
        command, env=environment | {"NUMBA_DEBUG_CACHE": "1"}, capture_output=True, text=True, timeout=120
    )
    assert "data loaded" in last.stdout
    assert "data saved" not in last.stdout
