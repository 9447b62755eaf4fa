"""The time line of rounds, tiny: tasks are told from waiting, and all of the workers' time is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsgns.engine.run import prefix_of
from dsgns.sgns.stage_shards import LABEL
from tests.benchmarks import timeline
from tests.benchmarks.timeline import Bar, bars, middle, table


def record(task: str, start: float, stop: float, worker: str = "a", label: str = LABEL) -> dict[str, object]:
    parts = [
        {"action": "transfer", "start": start - 0.25, "stop": start},
        {"action": "compute", "start": start, "stop": stop},
    ]
    return {"key": f"{prefix_of(label)}1a2b-{task}", "worker": worker, "startstops": parts}


def test_tasks_of_other_steps_are_left_out() -> None:
    found = bars([record("merge", 1.0, 2.0), record("encode", 1.0, 2.0, label="tokens: encode")])
    assert found == [Bar("a", "transfer", 0.75, 1.0), Bar("a", "merge", 1.0, 2.0)]


def test_four_rounds_lie_between_two_corrections() -> None:
    records = [record("balance", start, start + 0.5) for start in (1.0, 5.0, 9.0, 13.0)]
    some = middle(bars([*records, record("train_chunks", 6.5, 8.5, "b"), record("train_chunks", 9.75, 10.75)]))
    assert [each for each in some if each.name == "train_chunks"] == [Bar("b", "train_chunks", 1.0, 3.0)]
    told = table(some)
    assert "4 rounds in 4.00 s on 2 workers" in told
    assert "| nothing |  | 5.000 | 62 % |" in told


@pytest.mark.cluster
def test_a_training_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--words", "300", "--vector-size", "16", "--replicas", "2", "--round-tokens", "200", "--rounds", "24"]
    timeline.main([*few, "--drawing", str(tmp_path / "rounds.svg")])
    told = capsys.readouterr().out
    assert "4 rounds in" in told
    assert all(task in told for task in ("train_chunks", "merge", "curvatures"))
