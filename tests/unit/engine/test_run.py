"""Of many tasks only those are blamed that their workers do not survive alone, and each result is told once."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from dsgns.engine import run
from dsgns.errors import EncodingError, TokenizerError, TruncatedSourceError, WorkerKilledError, WorkspaceError


@dataclass(frozen=True)
class Sent:
    """What stands for a future: the task, and which of all that were sent it is."""

    name: str
    number: int


class OneWorker:
    """One that holds all tasks under way, and is given up with all of them where one is poison or an accident comes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, poison: set[str], accidents: int = 0) -> None:
        self.sent: list[str] = []
        self.most = 0
        self._poison, self._accidents, self._lost = poison, accidents, set[Sent]()
        for name in ("submit", "wait_some", "result_of"):
            monkeypatch.setattr(run, name, getattr(self, name))

    def submit(self, client: Any, label: str, name: str, *task: Any) -> Sent:
        self.sent.append(name)
        return Sent(name, len(self.sent))

    def wait_some(self, client: Any, futures: list[Sent], what: str) -> set[Sent]:
        self.most = max(self.most, len(futures))
        if self._accidents or any(future.name in self._poison for future in futures):
            self._accidents = max(0, self._accidents - 1)
            self._lost |= set(futures)
        return set(futures)

    def result_of(self, future: Sent, label: str, name: str) -> str:
        assert future.name == name
        if future in self._lost:
            raise WorkerKilledError(label, [name])
        return name.upper()


@pytest.mark.parametrize("poison", [{"a"}, {"a", "b"}, {"a", "g"}, {"d"}, {"g"}])
def test_only_what_kills_its_worker_alone_is_named_and_all_others_are_done(monkeypatch, poison):
    worker, told = OneWorker(monkeypatch, poison), []
    with pytest.raises(WorkerKilledError) as raised:
        for result in run.run_bounded(None, "counts", str.upper, {name: (name,) for name in "abcdefg"}, 3):
            told.append(result)
    assert raised.value.blocks == tuple(sorted(poison))
    assert sorted(told) == [(name, name.upper()) for name in "abcdefg" if name not in poison]
    assert worker.most == 3
    assert max(map(worker.sent.count, "abcdefg")) == 2, "together, and alone"


def test_an_accident_is_no_error(monkeypatch):
    worker = OneWorker(monkeypatch, set(), accidents=1)
    told = dict(run.run_bounded(None, "counts", str.upper, {name: (name,) for name in "abcdefg"}, 3))
    assert told == {name: name.upper() for name in "abcdefg"}
    assert len(worker.sent) == 10


def test_the_only_task_is_not_tried_twice(monkeypatch):
    worker = OneWorker(monkeypatch, {"a"})
    with pytest.raises(WorkerKilledError, match="worked on a, most likely"):
        list(run.run_bounded(None, "counts", str.upper, {"a": ("a",)}, 3))
    assert worker.sent == ["a"]


def test_where_it_lies_is_known_in_other_processes_too():
    error = WorkerKilledError("counts", ["a"], {"a": "a.txt, bytes 5 to 9"})
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert "worked on a (a.txt, bytes 5 to 9), most likely" in str(error)
    assert "leave this text out with --skip-bad-shards" in str(error)
    assert "skip" not in str(WorkerKilledError("svd: multiply", ["a"]))


def test_what_is_lost_is_told_where_that_is_allowed_and_only_of_its_own_text(monkeypatch):
    def lost_in(error: Exception) -> dict[str, str]:
        worker, lost = OneWorker(monkeypatch, {"d"}), dict[str, str]()
        plain = worker.result_of

        def result_of(future: Sent, label: str, name: str) -> str:
            if name == "b":
                raise error
            return plain(future, label, name)

        monkeypatch.setattr(run, "result_of", result_of)
        client: Any = SimpleNamespace(cancel=lambda *futures, **named: None)
        told = dict(run.run_bounded(client, "counts", str.upper, {name: (name,) for name in "abcd"}, 3, lost))
        assert told.keys() == {"a", "c"}
        return lost

    assert lost_in(TruncatedSourceError("b.gz ends too soon")) == {
        "b": "b.gz ends too soon",
        "d": "workers die of it, most likely for want of memory",
    }
    for error in (EncodingError("no UTF-8"), TokenizerError("no list"), WorkspaceError("No space left")):
        with pytest.raises(type(error)):
            lost_in(error)
