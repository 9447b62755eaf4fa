"""A model larger than memory, tiny."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import larger


@pytest.mark.cluster
def test_both_ways_are_run_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--words", "300", "--vector-size", "16", "--tokens", "3e3", "--memory-limit", "1GiB"]
    larger.main([*few, "--folder", str(tmp_path / "w.dsgns")])
    table = capsys.readouterr().out
    assert "| 1024 MiB |" in table
    assert "| none |" in table
