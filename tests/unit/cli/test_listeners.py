"""Who prints progress, and how often."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from dsgns.cli import listeners
from dsgns.cli.listeners import Bars, Lines, listening
from dsgns.engine import Event, silent


class Clock:
    """A monotonic clock that tests turn by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def introduce(lines: Lines, label: str) -> None:
    """What the timer does a second after a step's begin."""
    lines.introduce(lines._steps[label])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(listeners.time, "monotonic", clock)
    return clock


def test_lines_tell_begin_rate_and_end(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "counts: spill", 0, 4_000_000, "tokens"))
    clock.now += 1
    introduce(lines, "counts: spill")
    clock.now += 19
    lines(Event("advance", "counts: spill", 1_000_000, 4_000_000, "tokens"))
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
    introduce(lines, "scan")
    clock.now += 12
    lines(Event("advance", "scan", 100, 1_000_000, "bytes"))
    assert capsys.readouterr().err.endswith("scan: 0 % (100 of 1.00M bytes)\n")


def test_lines_are_rare(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd", 0, 1000))
    introduce(lines, "svd")
    for done in range(1000):
        clock.now += 1 / 16
        lines(Event("advance", "svd", done, 1000))
    assert len(capsys.readouterr().err.splitlines()) == 1 + 62 // 10


def test_short_steps_are_passed_over(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for number in range(20):
        lines(Event("begin", f"svd: step {number}", 0, 10))
        clock.now += 0.5
        lines(Event("end", f"svd: step {number}", 10, 10))
    assert capsys.readouterr().err == ""


def test_the_timer_says_nothing_of_a_step_that_is_over(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "svd", 0, 10))
    over = lines._steps["svd"]
    lines(Event("end", "svd", 10, 10))
    lines.introduce(over)
    assert capsys.readouterr().err == ""


def test_the_rate_leaves_out_what_was_there_already(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines(Event("begin", "sgns", 900, 1000, "tokens"))
    introduce(lines, "sgns")
    clock.now += 10
    lines(Event("end", "sgns", 1000, 1000, "tokens"))
    first, last = capsys.readouterr().err.splitlines()
    assert "900 of them there already" in first
    assert last.endswith("10/s")


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
        listeners, "Console", lambda stderr: Console(file=sent, force_terminal=True, width=100, color_system=None)
    )
    return sent


def test_bars_leave_a_line_for_each_long_step(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "SAY_AFTER", 0.0)
    with Bars() as bars:
        bars(Event("reuse", "vocabulary", text="n5-1234"))
        bars(Event("begin", "counts: spill", 0, 2000, "tokens"))
        bars(Event("advance", "counts: spill", 1000, 2000, "tokens"))
        bars(Event("end", "counts: spill", 2000, 2000, "tokens"))
    assert "vocabulary: n5-1234 is there already" in terminal.getvalue()
    assert "counts: spill: done in" in terminal.getvalue()


def test_bars_show_how_far_a_step_is(terminal: io.StringIO) -> None:
    with Bars() as bars:
        bars(Event("begin", "counts: spill", 0, 2_000_000, "tokens"))
        bars(Event("advance", "counts: spill", 1_000_000, 2_000_000, "tokens"))
        bars._progress.refresh()
    assert "1.00M/2.00M tokens" in terminal.getvalue()


def test_bars_may_be_moved_from_many_threads(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "SAY_AFTER", 0.0)

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
