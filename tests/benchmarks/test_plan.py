"""A plan beside its run, once and tiny."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import plan
from tests.support.corpora import write_lines, zipf_lines


def test_what_was_planned_is_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, found = write_lines(tmp_path / "corpus.txt", zipf_lines(400_000, types=5000)), tmp_path / "plan.json"
    about = ["--prefixes", "3e5", "--method", "both", "--folder", str(tmp_path), "--json", str(found)]
    plan.main([corpus, *about, "--vector-size", "64", "--epochs", "1", "--workers", "1", "--memory-limit", "512MiB"])
    (size,) = json.loads(found.read_text())
    assert list(size["stages"]) == ["vocabulary", "tokens", "counts", "marginals", "svd", "sgns"]
    for stage, both in size["stages"].items():
        planned, measured = both["planned"], both["measured"]
        assert planned["tasks"] == measured["tasks"], stage
        assert planned["peak_bytes"] == pytest.approx(measured["peak_bytes"], rel=0.25), stage
        assert planned["promised_bytes"] >= measured["peak_bytes"], stage
        if measured["disk_bytes"] > 1 << 20:  # less than that is mostly blocks of the file system
            assert planned["disk_bytes"] == pytest.approx(measured["disk_bytes"], rel=0.25), stage
    for name in ("used", "vocabulary_size", "nonzeros", "disk_bytes", "most_disk_bytes"):
        assert size["planned"][name] == pytest.approx(size["measured"][name], rel=0.25), name
    assert "nonzeros" in capsys.readouterr().out
