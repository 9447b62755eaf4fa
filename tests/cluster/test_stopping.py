"""Ctrl-C, which a terminal sends to every process of a run, and SIGTERM: no traceback, and a word on how to go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster


def wait_for(folder: Path, pattern: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while not any(folder.glob(pattern)):
        assert process.poll() is None, "it is over before it could be stopped"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def alive(group: int) -> list[psutil.Process]:
    """The processes of a group that still run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.mark.parametrize(
    ("send", "code"),
    [(lambda pid: os.killpg(pid, signal.SIGINT), 130), (lambda pid: os.kill(pid, signal.SIGTERM), 143)],
)
@pytest.mark.parametrize("moment", ["zarr.json", "counts/*/plan.json"])
def test_a_stop_is_no_error(tmp_path: Path, send, code: int, moment: str) -> None:
    corpus = write_lines(tmp_path / "corpus.txt", zipf_lines(200_000, types=3000))
    options = "--vector-size 32 --min-count 2 --epochs 100 --workers 1"
    command = [sys.executable, "-m", "dsgns", "train", corpus, "--output", str(tmp_path / "w"), *options.split()]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(tmp_path / "w", moment, process)
        send(process.pid)
        _, said = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == code, said
    assert said.endswith("Stopped. The same command goes on from here.\n")
    assert "Traceback" not in said
    deadline = time.monotonic() + 20
    while alive(process.pid):
        assert time.monotonic() < deadline, f"left behind: {alive(process.pid)}"
        time.sleep(0.01)
