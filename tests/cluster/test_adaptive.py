"""Clusters that shrink and grow while they work, by Dask's own choice of whom to send home: the same bytes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from dsgns.engine import Engine, Event, open_engine
from dsgns.engine.deadline import known_workers
from tests.chaos import slowly
from tests.chaos.job import PARAMETERS, walk
from tests.chaos.runs import hashes
from tests.support.corpora import write_lines, zipf_lines
from tests.support.processes import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

SHORT = PARAMETERS.updated(vector_size=16, power_iterations=1, epochs=1)
STEPS = ("counts: merge", "svd: multiply", "sgns: train")
"""Amid each of these one of two workers is sent home; when it is over another one is asked for."""


class Tides:
    """A listener that has a cluster shrink and grow, with tasks of a step done and others under way.

    Parameters
    ----------
    local
        The cluster.
    client
        Any of it.
    """

    def __init__(self, local: LocalCluster, client: Client) -> None:
        self._local, self._client = local, client
        self.left: dict[str, set[str]] = {}

    def __call__(self, event: Event) -> None:
        """What workers say comes on another thread, which must not wait."""
        if event.label not in STEPS or threading.current_thread() is not threading.main_thread():
            return
        if event.label not in self.left and 0 < event.done < event.total:
            before = wait_until("two workers", lambda: there if len(there := self._workers()) == 2 else None)
            self._adapt(1)
            wait_until("one of them to leave", lambda: len(self._workers()) == 1)
            self.left[event.label] = before - self._workers()
        if event.kind == "end":
            self._adapt(2)

    def _adapt(self, workers: int) -> None:
        self._local.adapt(minimum=workers, maximum=workers, interval="100ms", wait_count=1)

    def _workers(self) -> set[str]:
        return set(known_workers(self._client))


def test_workers_that_are_sent_home_while_they_work_change_nothing(engine: Engine, tmp_path: Path) -> None:
    text = write_lines(tmp_path / "corpus.txt", zipf_lines(15_000, types=400))
    walk(engine, text, str(tmp_path / "undisturbed"), SHORT)
    with (
        LocalCluster(2, threads_per_worker=1, dashboard_address="127.0.0.1:0", preload=slowly.__name__) as local,
        Client(local, set_as_default=False) as client,
    ):
        tides = Tides(local, client)
        with open_engine(client=client, listener=tides) as adaptive:
            walk(adaptive, text, str(tmp_path / "adaptive"), SHORT)
    assert {label: len(left) for label, left in tides.left.items()} == dict.fromkeys(STEPS, 1)
    assert hashes(tmp_path / "adaptive") == hashes(tmp_path / "undisturbed")
