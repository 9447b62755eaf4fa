"""The example that walks from softmax to PMI runs, and shows what it says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "from_softmax_to_pmi.py"


def test_the_walk_ends_at_shifted_pmi():
    shown = "\n".join(runpy.run_path(str(EXAMPLE))["walk"]())
    lines = re.findall(r"k = +(\d+) .*\| +slope ([\d.]+), intercept ([+-][\d.]+)", shown)
    assert [int(k) for k, _, _ in lines] == [1, 5, 15]
    for _, slope, intercept in lines:
        assert abs(float(slope) - 1) < 0.01
        assert abs(float(intercept)) < 0.01
    trained, truncated = zip(*re.findall(r"trained +([\d.]+)%.* ([\d.]+)%", shown), strict=True)
    assert float(trained[0]) < float(truncated[0]), "with few dimensions the weights of pairs matter"
