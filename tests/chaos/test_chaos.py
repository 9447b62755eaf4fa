"""Runs over both roads survive what happens to their workers, scheduler and client, to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsgns.engine import Engine
from tests.chaos.cluster import Cluster
from tests.chaos.faults import FAULTS, PHASES
from tests.chaos.runs import Chaos
from tests.support.corpora import write_lines, zipf_lines

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Chaos]:
    folder: Path = tmp_path_factory.mktemp("chaos")
    text = write_lines(folder / "corpus.txt", zipf_lines(60_000, types=2000))
    with Cluster(folder) as cluster:
        yield Chaos(cluster, text, folder, engine)


@pytest.mark.long
def test_processes_killed_at_work_in_every_phase(chaos: Chaos) -> None:
    due = [("kill worker", "vocabulary"), ("kill worker", "spill"), ("kill all workers", "reduce")]
    due += [("kill worker", "svd pass"), ("kill client", "svd pass")]
    due += [("kill worker", "sgns round"), ("kill scheduler", "sgns round")]
    hit = chaos.run("killed", due)
    assert [(each.fault, each.phase) for each in hit] == due
    assert sum(each.kills for each in hit) == len(due)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_in_each_phase(chaos: Chaos, fault: str) -> None:
    due = [(fault, phase) for phase in PHASES]
    hit = chaos.run(fault.replace(" ", "-"), due)
    assert sorted((each.fault, each.phase) for each in hit) == sorted(due)
