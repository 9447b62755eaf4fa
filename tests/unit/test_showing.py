"""What a call in Python shows of itself, and how it is kept from it."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

import dsgns
from dsgns.display.bars import Bars
from dsgns.display.lines import Lines
from dsgns.display.showing import showing
from dsgns.engine import Event, silent
from tests.support.corpora import write_lines, zipf_lines


def test_bars_on_a_terminal_and_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    with showing(True, None) as shown:
        assert isinstance(shown, Lines)
    monkeypatch.setattr(stderr, "isatty", lambda: True)
    with showing(True, None) as shown:
        assert isinstance(shown, Bars)


def test_bars_in_a_notebook_that_can_redraw_them(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    for there, kind in ((object(), Bars), (None, Lines)):
        monkeypatch.setattr("importlib.util.find_spec", lambda name, there=there: there)
        with showing(True, None) as shown:
            assert isinstance(shown, kind)


def test_nothing_for_those_who_want_none_or_listen_themselves() -> None:
    heard: list[Event] = []
    with showing(False, None) as shown:
        assert shown is silent
    with showing(True, heard.append) as shown:
        shown(Event("note", "here"))
    assert heard == [Event("note", "here")]


def test_a_training_shows_itself_unless_told_not_to(engine, tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    text, place = write_lines(tmp_path / "a.txt", zipf_lines(3000, types=150)), tmp_path / "w"
    with engine.client.as_current():
        for _ in range(2):
            dsgns.train(text, place, method="svd", vector_size=4)
        assert "vocabulary: " in capsys.readouterr().err
        dsgns.train(text, place, method="svd", vector_size=4, progress=False)
        dsgns.SVDEmbedding(workspace=place, vector_size=4, progress=False).fit(text)
        dsgns.factorize(place, shift=2, progress=False)
    assert capsys.readouterr().err == ""
