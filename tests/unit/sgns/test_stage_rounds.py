"""The rounds of replicas, as a listener hears of them."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from dsgns.engine import Engine, Event, Rounds
from dsgns.engine.progress import Tracker
from dsgns.parameters import SGNSParameters
from dsgns.sgns import stage_exchange
from dsgns.sgns.stage import train
from dsgns.sgns.stage_rounds import Server


def test_a_step_begins_with_what_an_earlier_run_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server.__new__(Server)
    server._rounds = [SimpleNamespace(number=0, tokens=30), SimpleNamespace(number=1, tokens=12)]  # type: ignore[list-item]
    server._exchange = SimpleNamespace(share=lambda: 0.25)  # type: ignore[assignment]
    monkeypatch.setattr(server, "_begin", lambda: (None, 2))
    told: list[Event] = []
    assert server.run(Tracker(MagicMock(), told.append, "sgns: train", "tokens", {"all": 42}, finished=[])) == 1
    assert [(event.kind, event.done) for event in told] == [("begin", 42), ("end", 42)]
    assert told[0].figures.rounds == Rounds(2, 2, 0.25)


@pytest.mark.cluster
def test_rounds_and_what_the_exchange_takes_are_told(engine: Engine, workspace, tokens, monkeypatch) -> None:
    monkeypatch.setattr(stage_exchange, "_EVERY", 0.0)
    told: list[Event] = []
    monkeypatch.setattr(engine, "listener", told.append)
    parameters = SGNSParameters(vector_size=16, window=3, negative=2, epochs=1, replicas=3, round_tokens=400)
    made = train(engine, workspace, tokens, parameters)
    rounds = [event.figures.rounds for event in told if event.label == "sgns: train"]
    assert [seen.done for seen in rounds if seen] == sorted(seen.done for seen in rounds if seen)
    assert (rounds[-1].done, rounds[-1].total) == (17, 17), "one by one replica, then 16"
    assert 0 < rounds[-1].exchange < 1
    assert made.complete
