"""Tasks that overlap in one process come to the same bytes as tasks on their own."""

from __future__ import annotations

import pytest
from distributed import Client, LocalCluster

from dsgns import pipeline
from dsgns.engine import open_engine
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from dsgns.store.digest import digests
from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster

PARAMETERS = TrainParameters.from_options(vector_size=40, min_count=2)


def factors(corpus: str, output: str, client: Client | None) -> dict[str, str]:
    workspace = Workspace.create(output)
    with open_engine(Resources(workers=1, memory_limit=2 << 30), client=client) as engine:
        return digests(pipeline.walk(engine, workspace, [corpus], PARAMETERS, "svd")["svd"])


def test_two_workers_in_one_process(tmp_path):
    corpus = write_lines(tmp_path / "corpus.txt", zipf_lines(100_000, types=3000))
    alone = factors(corpus, str(tmp_path / "alone"), None)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        for attempt in range(2):
            assert factors(corpus, str(tmp_path / f"together{attempt}"), client) == alone
