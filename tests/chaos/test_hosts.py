"""Scheduler and workers on hosts of their own: a pulled cable tells nobody, and still is found out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsgns.engine import Engine
from tests.chaos.cluster import Cluster
from tests.chaos.hosts import Host, hosts
from tests.chaos.runs import Chaos
from tests.support.corpora import write_lines, zipf_lines
from tests.support.processes import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def places() -> Iterator[list[Host]]:
    with hosts(3) as places:
        yield places


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory, engine: Engine, places: list[Host]) -> Iterator[Chaos]:
    folder: Path = tmp_path_factory.mktemp("hosts")
    text = write_lines(folder / "corpus.txt", zipf_lines(30_000, types=1000))
    with Cluster(folder, silent=5, hosts=places) as cluster:
        yield Chaos(cluster, text, folder, engine)


def test_a_run_whose_scheduler_is_cut_off_gives_up_and_says_so(
    chaos: Chaos, places: list[Host], tmp_path: Path
) -> None:
    with chaos.client(tmp_path / "w.dsgns") as client:
        wait_until("words to be counted", lambda: any(tmp_path.glob("w.dsgns/vocabulary/*/plan.json")))
        places[0].cut()
        try:
            assert client.wait(timeout=120) == 1
        finally:
            places[0].join()
    assert "ClusterError: " in chaos.said()
    assert "run the same command again" in chaos.said()
