"""The rounds of replicas, as a listener hears of them."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock, call

import pytest

from dsgns.sgns.stage_rounds import Server


def test_what_an_earlier_run_trained_is_told_once_the_step_has_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server.__new__(Server)
    server._rounds = [SimpleNamespace(number=0, tokens=30), SimpleNamespace(number=1, tokens=12)]  # type: ignore[list-item]
    monkeypatch.setattr(server, "_begin", lambda: (None, 2))
    tracker = MagicMock()
    assert server.run(tracker) == 1
    assert tracker.mock_calls == [call.__enter__(), call.set(42), call.__exit__(None, None, None)]
