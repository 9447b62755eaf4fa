"""A plan beside its run, once and tiny."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import plan
from tests.support.corpora import write_lines, zipf_lines


def test_what_was_planned_stands_beside_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus, found = write_lines(tmp_path / "corpus.txt", zipf_lines(20_000, types=500)), tmp_path / "plan.json"
    about = ["--prefixes", "5e3", "--method", "svd", "--folder", str(tmp_path), "--json", str(found)]
    plan.main([corpus, *about, "--vector-size", "8", "--power-iterations", "1", "--workers", "1"])
    (size,) = json.loads(found.read_text())
    assert list(size["stages"]) == ["vocabulary", "tokens", "counts", "marginals", "svd"]
    for both in size["stages"].values():
        # Too small a text for a forecast of anything else.
        assert both["planned"]["tasks"] == both["measured"]["tasks"]
        assert 0.75 < both["planned"]["peak_bytes"] / both["measured"]["peak_bytes"] < 1.33
    assert size["planned"]["used"] == pytest.approx(size["measured"]["used"], rel=0.05)
    assert "nonzeros" in capsys.readouterr().out
