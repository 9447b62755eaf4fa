"""Seconds and memory of ways that run elsewhere."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time

import pytest

from tests.benchmarks.place import apart
from tests.benchmarks.way import Command, Trial, Way

MEBIBYTE = 1 << 20
BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def holding(size: int) -> Trial:
    """Hold so many bytes for as long as a run takes."""
    made = []

    def run() -> int:
        made.append(bytearray(size))
        return len(made.pop())

    return Trial(run, found=lambda length: (length, "apart"))


def waiting() -> Trial:
    """Let a process below do the work."""
    return Trial(lambda: subprocess.run([sys.executable, "-c", BUSY], check=True).returncode)


def failing(when: str) -> Trial:
    """Fail at once, or when run."""

    def fail() -> None:
        raise ValueError(f"failed in {when}")

    if when == "make":
        fail()
    return Trial(fail)


def test_a_process_of_its_own_holds_what_its_way_needs_and_no_more():
    place = apart(Way("dsgns", "", holding, (200 * MEBIBYTE,)))
    try:
        first, second = place.run(), place.run()
        assert place.found() == (200 * MEBIBYTE, "apart")
    finally:
        place.close()
    for spent in (first, second):
        assert 200 * MEBIBYTE < spent.peak < 400 * MEBIBYTE
        assert 0 < spent.wall < 10


def test_seconds_of_processes_below_count():
    place = apart(Way("dsgns", "", waiting))
    try:
        spent = place.run()
    finally:
        place.close()
    assert spent.cpu > 0.3
    assert spent.peak > MEBIBYTE


@pytest.mark.parametrize("when", ["make", "run"])
def test_a_failure_elsewhere_is_told_here(when):
    with pytest.raises(RuntimeError, match=f"failed in {when}"):
        place = apart(Way("dsgns", "", failing, (when,)))
        try:
            place.run()
        finally:
            place.close()


def test_a_command_is_weighed_with_what_it_starts_less_what_is_idle(tmp_path):
    python = shlex.quote(sys.executable)
    # It holds its memory for a while: a process is weighed only every now and then.
    held = shlex.quote(f"held = bytearray(100 << 20); {BUSY}")
    line = f"{python} -c {shlex.quote(BUSY)} && {python} -c {held} && echo done > out"
    idle = f"{python} -c {shlex.quote(BUSY)}"
    whole = apart(Command("glove", "", line, tmp_path, found=lambda folder: (folder / "out").read_text()))
    spent = whole.run()
    assert whole.found() == "done\n"
    assert spent.cpu > 0.3
    assert spent.peak > 100 * MEBIBYTE
    began = time.perf_counter()
    rest = apart(Command("glove", "", line, tmp_path, idle=idle)).run()
    assert rest.wall < time.perf_counter() - began
    assert rest.cpu < spent.cpu - 0.2


def test_a_command_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="ended with 3: bad luck"):
        apart(Command("glove", "", "echo bad luck >&2; exit 3", tmp_path)).run()
