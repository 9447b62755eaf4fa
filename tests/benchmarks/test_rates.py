"""The rates measured once, on next to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import rates
from tests.support.corpora import write_lines, zipf_lines


def test_every_rate_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Kernels of counting are compiled for each window, and those of any test before this one are.
    monkeypatch.setattr(rates, "WINDOWS", (5, 10))
    monkeypatch.setattr(rates, "SIZES", (16, 32))
    corpus = write_lines(tmp_path / "corpus.txt", zipf_lines(300_000, types=3000))
    rates.main([corpus, "--folder", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()[1:]
    names = {line.split()[0] for line in lines}
    assert names >= {
        "SCAN",
        "ENCODE",
        "COUNT_TOKEN",
        "SPILL_CELL",
        "WEIGH_CELL",
        "MULTIPLY_FLOP",
        "TRAIN_PAIR",
        "ROUND_COLUMN",
    }
    sizes = {line[:24].strip(): line[24:].split() for line in lines if "BYTES" in line}
    for name, (planned, measured) in sizes.items():
        # Of so short a text the file system's blocks are the larger part of some; less than planned it cannot be.
        assert float(measured) > 0.7 * float(planned), name
