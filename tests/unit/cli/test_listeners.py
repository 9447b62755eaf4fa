"""Who prints progress, and how often."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from dsgns.cli.listeners import listening
from dsgns.display import bars as bars_module
from dsgns.display import lines as lines_module
from dsgns.display.bars import Bars
from dsgns.display.lines import Lines
from dsgns.engine import Event, Rounds, StepFigures, silent


class Clock:
    """A monotonic clock that tests turn by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(lines_module.time, "monotonic", clock)
    return clock


def test_lines_tell_begin_rate_and_end(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "counts: spill", 0, 4_000_000, "tokens"))
    clock.now += 1
    lines.tick()
    clock.now += 19
    lines(Event("advance", "counts: spill", 1_000_000, 4_000_000, "tokens"))
    lines.tick()
    clock.now += 30
    lines(Event("end", "counts: spill", 4_000_000, 4_000_000, "tokens"))
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(" ", 1)[1] for line in err.splitlines()] == [
        "counts: spill: 4.00M tokens",
        "counts: spill: 25 % (1.00M of 4.00M tokens), 50.0k/s, 1 min 00 s left",
        "counts: spill: done in 50 s, 80.0k/s",
    ]


def test_no_time_is_told_before_there_is_a_rate(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "scan", 0, 1_000_000, "bytes"))
    clock.now += 1
    lines.tick()
    clock.now += 11
    lines(Event("advance", "scan", 100, 1_000_000, "bytes"))
    lines.tick()
    assert capsys.readouterr().err.endswith("scan: 0 % (100 of 1.00M bytes), 12 s so far\n")


def test_a_step_of_which_nothing_is_heard_is_spoken_of(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd: pack", 0, 4))
    for _ in range(25):
        clock.now += 1
        lines.tick()
    assert [line.split(" ", 1)[1] for line in capsys.readouterr().err.splitlines()] == [
        "svd: pack: 4 blocks",
        "svd: pack: 0 % (0 of 4 blocks), 11 s so far",
        "svd: pack: 0 % (0 of 4 blocks), 21 s so far",
    ]


def test_the_clock_of_lines_runs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    said = threading.Event()
    monkeypatch.setattr(lines_module, "SAY_AFTER", 0.0)
    monkeypatch.setattr(lines_module, "_TICK", 0.01)
    monkeypatch.setattr(lines_module, "say", lambda line: said.set())
    with Lines() as lines:
        lines(Event("begin", "svd: pack", 0, 4))
        assert said.wait(10)


def test_lines_are_rare(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd", 0, 1000))
    for done in range(1000):
        clock.now += 1 / 16
        lines(Event("advance", "svd", done, 1000))
        lines.tick()
    assert len(capsys.readouterr().err.splitlines()) == 1 + 61 // 10


def test_short_steps_are_passed_over(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for number in range(20):
        lines(Event("begin", f"svd: step {number}", 0, 10))
        clock.now += 0.5
        lines.tick()
        lines(Event("end", f"svd: step {number}", 10, 10))
    assert capsys.readouterr().err == ""


def test_nothing_is_said_of_a_step_that_is_over(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd", 0, 10))
    lines(Event("end", "svd", 10, 10))
    clock.now += 20
    lines.tick()
    assert capsys.readouterr().err == ""


def test_the_rate_leaves_out_what_was_there_already(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "sgns", 900, 1000, "tokens"))
    clock.now += 1
    lines.tick()
    clock.now += 9
    lines(Event("end", "sgns", 1000, 1000, "tokens"))
    first, last = capsys.readouterr().err.splitlines()
    assert first.endswith("sgns: goes on, 900 of 1.00k tokens are there")
    assert last.endswith("10/s")


def test_one_block_is_told_in_the_singular(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd: gram", 0, 1))
    clock.now += 1
    lines.tick()
    assert capsys.readouterr().err.endswith("svd: gram: 1 block\n")


def test_reuse_and_notes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("reuse", "svd", text="d16-1234"))
    lines(Event("reuse", "text", text="line-1234"))
    lines(Event("note", "tokens", text="12 bytes were no UTF-8"))
    err = capsys.readouterr().err
    assert "svd: d16-1234 is there already" in err
    assert "tokens: 12 bytes were no UTF-8" in err
    assert len(err.splitlines()) == 2


def test_an_advance_without_a_begin_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    Lines()(Event("advance", "late", 1, 2))
    assert capsys.readouterr().err == ""


def test_quiet_is_silent() -> None:
    with listening(quiet=True) as listener:
        assert listener is silent


def test_no_terminal_gets_lines() -> None:
    with listening(quiet=False) as listener:
        assert isinstance(listener, Lines)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a terminal of 100 columns was sent."""
    sent = io.StringIO()
    monkeypatch.setattr(
        bars_module, "Console", lambda stderr: Console(file=sent, force_terminal=True, width=100, color_system=None)
    )
    return sent


def test_bars_leave_a_line_for_each_long_step(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars_module, "SAY_AFTER", 0.0)
    with Bars() as bars:
        bars(Event("reuse", "vocabulary", text="n5-1234"))
        bars(Event("begin", "counts: spill", 0, 2000, "tokens"))
        bars(Event("advance", "counts: spill", 1000, 2000, "tokens"))
        bars(Event("end", "counts: spill", 2000, 2000, "tokens"))
    assert "vocabulary: n5-1234 is there already" in terminal.getvalue()
    assert "counts: spill: done in" in terminal.getvalue()


def test_bars_say_what_was_there(terminal: io.StringIO) -> None:
    with Bars() as bars:
        bars(Event("begin", "svd: pack", 3, 10))
        bars(Event("begin", "svd: multiply", 10, 10))
    assert "svd: pack: goes on, 3 of 10 blocks are there" in terminal.getvalue()
    assert "multiply: goes on" not in terminal.getvalue()


def test_bars_show_how_far_a_step_is(terminal: io.StringIO) -> None:
    with Bars() as bars:
        bars(Event("begin", "counts: spill", 0, 2_000_000, "tokens"))
        bars(Event("advance", "counts: spill", 1_000_000, 2_000_000, "tokens"))
        bars._progress.refresh()
    assert "1.00M/2.00M tokens" in terminal.getvalue()


def test_bars_may_be_moved_from_many_threads(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars_module, "SAY_AFTER", 0.0)

    def step(number: int) -> None:
        for kind, done in (("begin", 0), ("advance", 5), ("end", 10)):
            bars(Event(kind, f"step {number}", done, 10))

    with Bars() as bars:
        threads = [threading.Thread(target=step, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert terminal.getvalue().count("done in") == 20


SEEN = StepFigures(2, 4, memory=300 << 20, promised=400 << 20, loss=(3.0, 2.0, 2.5), rounds=Rounds(3, 9, 0.123))


def test_lines_tell_memory_and_loss_and_once_the_dashboard(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "waiting for workers"))
    lines(Event("end", "waiting for workers", text="http://127.0.0.1:8787/status"))
    for label in ("sgns: train", "svd: pack"):
        lines(Event("begin", label, 0, 4000, "tokens"))
        clock.now += 1
        lines.tick()
        clock.now += 19
        lines(Event("advance", label, 2000, 4000, "tokens", figures=SEEN))
        lines.tick()
        lines(Event("end", label, 4000, 4000, "tokens"))
    told = [line.split(" ", 1)[1] for line in capsys.readouterr().err.splitlines()]
    assert told[0] == "dashboard: http://127.0.0.1:8787/status"
    assert told[2].endswith("20 s left, block 2 of 4, round 3 of 9, exchange 12 %, memory 300 of 400 MiB, loss 2.5000")
    assert sum("dashboard" in line for line in told) == 1


def test_bars_show_memory_the_curve_of_the_loss_and_the_dashboard(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = io.StringIO()
    wide = Console(file=sent, force_terminal=True, width=160, color_system=None)
    monkeypatch.setattr(bars_module, "Console", lambda stderr: wide)
    monkeypatch.setattr(bars_module, "SAY_AFTER", 0.0)
    with Bars() as bars:
        bars(Event("begin", "waiting for workers"))
        bars(Event("end", "waiting for workers", text="http://127.0.0.1:8787/status"))
        bars(Event("begin", "sgns: train", 0, 4000, "tokens"))
        bars(Event("advance", "sgns: train", 2000, 4000, "tokens", figures=SEEN))
        bars._progress.refresh()
    assert "block 2 of 4, round 3 of 9, exchange 12 %, memory 300 of 400 MiB, loss 2.5000 █▁▅" in sent.getvalue()
    assert "dashboard: http://127.0.0.1:8787/status" in sent.getvalue()
