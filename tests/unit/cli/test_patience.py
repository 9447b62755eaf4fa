"""What takes a while is spoken of within seconds, unless it is asked not to be."""

from __future__ import annotations

import threading

import pytest

from dsgns.cli import patience, stopping
from dsgns.cli.patience import waiting


@pytest.fixture
def said(monkeypatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(patience, "SAY_AFTER", 0.01)
    monkeypatch.setattr(patience.click, "echo", lambda line, err: lines.append(line))
    return lines


def timers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_what_takes_long_is_said(said) -> None:
    before = timers()
    with waiting("starting workers", quiet=False):
        for timer in set(timers()) - set(before):
            timer.join(10)
    assert [line.split(maxsplit=1)[1] for line in said] == ["starting workers"]


def test_what_is_over_soon_is_not(said, monkeypatch) -> None:
    monkeypatch.setattr(patience, "SAY_AFTER", 1000)
    before = timers()
    with waiting("starting workers", quiet=False):
        (timer,) = set(timers()) - set(before)
    timer.join(10)
    assert not timer.is_alive()
    assert not said


def test_quiet_is_quiet(said) -> None:
    before = timers()
    with waiting("starting workers", quiet=True):
        assert timers() == before
    assert not said


def test_a_terminal_is_told_until_it_is_there(monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(patience, "SAY_AFTER", 0.01)
    monkeypatch.setattr(patience.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(patience.click, "echo", lambda text, nl, err: shown.append(text))
    before = timers()
    with waiting("loading libraries", quiet=False):
        for timer in set(timers()) - set(before):
            timer.join(10)
        assert shown == ["loading libraries"]
    assert shown == ["loading libraries", "\r\x1b[K"]


def test_a_stop_puts_it_away(monkeypatch) -> None:
    monkeypatch.setattr(patience, "SAY_AFTER", 1000)
    before = timers()
    with waiting("loading libraries", quiet=False):
        (timer,) = set(timers()) - set(before)
        for put_away in stopping._displays:
            put_away()
        timer.join(10)
        assert not timer.is_alive()
    assert not stopping._displays


def test_a_line_under_way_is_there_before_it_is_cleared(monkeypatch) -> None:
    shown: list[str] = []
    begun, left = threading.Event(), threading.Event()

    def slow(text: str, nl: bool, err: bool) -> None:
        if text == "loading libraries":
            begun.set()
            left.wait(0.2)
        shown.append(text)

    monkeypatch.setattr(patience, "SAY_AFTER", 0.01)
    monkeypatch.setattr(patience.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(patience.click, "echo", slow)
    with waiting("loading libraries", quiet=False):
        assert begun.wait(10)
    left.set()
    assert shown == ["loading libraries", "\r\x1b[K"]
