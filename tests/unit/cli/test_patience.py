"""What takes a while is spoken of within seconds, unless it is asked not to be."""

from __future__ import annotations

import threading

import pytest

from dsgns.cli import patience
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
