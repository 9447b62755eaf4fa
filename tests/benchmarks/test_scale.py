"""The scale runs, once and tiny: a stage is run under a limit, and one whose time is up is stopped."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks import scale
from tests.benchmarks.scale_run import Ran, run
from tests.support.corpora import write_lines, zipf_lines


def test_a_stage_of_a_prefix_is_run_and_weighed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = write_lines(tmp_path / "corpus.txt", zipf_lines(20_000, types=500))
    found = tmp_path / "scale.json"
    scale.main([corpus, "--prefixes", "5e3", "--stages", "vocabulary", "--folder", str(tmp_path), "--json", str(found)])
    (size,) = json.loads(found.read_text())
    (stage,) = size["stages"]
    assert 5_000 <= stage["tokens"] < 20_000
    assert stage["cpu"] > 0
    assert stage["peak_bytes"] > 2**20
    assert "vocabulary" in capsys.readouterr().out


def test_a_process_over_the_limit_ends_the_run(tmp_path: Path) -> None:
    hungry = [sys.executable, "-c", "held = bytearray(1 << 30)"]
    with pytest.raises(SystemExit, match="MemoryError"):
        run(hungry, tmp_path, limit=256 << 20)


def test_a_run_is_interrupted_when_its_time_is_up_and_its_rate_is_read(tmp_path: Path) -> None:
    said = "import sys, time; print('10.5k/s, 3 s left', file=sys.stderr, flush=True); time.sleep(60)"
    ran = run([sys.executable, "-c", said], tmp_path, limit=1 << 30, seconds=2.0)
    assert ran.interrupted
    assert ran.rate == 10_500
    assert ran.wall < 30


def test_a_stage_that_was_cut_before_it_had_facts_is_told_by_its_rate() -> None:
    unfinished = {"stage": "sgns", "state": "unfinished", "projected_bytes": None}
    ran = Ran(60.0, 59.0, 1, 1, 1, interrupted=True, rate=4e6)
    status = {"conservation": {"used": 7}, "stages": [unfinished]}
    assert scale.told(status, "sgns", ran) == {"tokens": 7, "projected_bytes": 0, "tokens_per_second": 4e6}
