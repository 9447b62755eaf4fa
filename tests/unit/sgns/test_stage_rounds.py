"""The rounds of replicas, as a listener hears of them."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from dsgns.engine import Event
from dsgns.engine.progress import Tracker
from dsgns.sgns.stage_rounds import Server


def test_a_step_begins_with_what_an_earlier_run_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server.__new__(Server)
    server._rounds = [SimpleNamespace(number=0, tokens=30), SimpleNamespace(number=1, tokens=12)]  # type: ignore[list-item]
    monkeypatch.setattr(server, "_begin", lambda: (None, 2))
    told: list[Event] = []
    assert server.run(Tracker(MagicMock(), told.append, "sgns: train", "tokens", {"all": 42}, finished=[])) == 1
    assert [(event.kind, event.done) for event in told] == [("begin", 42), ("end", 42)]
