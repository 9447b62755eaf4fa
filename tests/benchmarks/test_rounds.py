"""What rounds cost, tiny: all parts are measured, and longer chunks spend less of a round on the exchange."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import rounds
from tests.benchmarks.rounds import Cost


def test_every_part_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = tmp_path / "rounds.json"
    few = ["--words", "500", "--vector-size", "16", "--tokens", "2e3", "4e3", "--replicas", "2", "--json", str(found)]
    rounds.main(few)
    small, large = json.loads(found.read_text())
    assert (small["tokens"], large["tokens"]) == (2_000, 4_000)
    assert 0 < small["rows"] <= large["rows"] <= 1000
    assert small["bytes"] == small["rows"] * (16 + 1) * 4, "rows of 16 numbers, each with its word"
    assert "a checkpoint" in capsys.readouterr().out


def test_the_time_of_a_round_is_that_of_its_parts() -> None:
    cost = Cost(
        tokens=10, rows=5, bytes=1_200_000_000, messages=4, touched=1.0, take=0.5, train=9.0, merge=4.0, more=1.0,
        curve=0.25, balance=8.0,
    )  # fmt: skip
    assert cost.parts(replicas=2, shards=4, rate=1.2) == {"pull": 1.5, "train": 10.0, "push": 1.0, "merge": 3.75}
    assert cost.exchange(2, 4, 1.2) == pytest.approx(6.25 / 16.25)
    assert cost.exchange(2, 4, 4.0) < cost.exchange(2, 4, 1.2)
