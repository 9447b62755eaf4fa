"""What moved since the baseline: ratios, which hold from one machine to the next better than seconds do."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

BASELINE = Path(__file__).with_name("baseline.json")
LEAST = 0.05
"""Changes below this part are never told."""


def main(arguments: list[str] | None = None) -> int:
    """Compare, or save; 1 if anything became slower."""
    given = _parser().parse_args(arguments)
    found = json.loads(given.json.read_text())
    if given.save:
        kept = json.loads(given.baseline.read_text()) if given.baseline.exists() else {}
        kept |= ratios_of(found)
        given.baseline.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n")
        print(f"{len(kept)} ratios are in {given.baseline}.")
        return 0
    moved = compare(json.loads(given.baseline.read_text()), ratios_of(found))
    for key, verdict in moved.items():
        print(f"{verdict:<34}{key}")
    return int(any(verdict.startswith("SLOWER") for verdict in moved.values()))


def ratios_of(found: dict[str, Any]) -> dict[str, list[float]]:
    """The ratios of every comparison of some results, turn by turn, to four digits."""
    corpus = found["corpus"]
    return {
        f"{corpus} {result['key']}": [float(f"{ratio:.4g}") for ratio in result["ratios"]]
        for result in found["results"]
    }


def compare(before: dict[str, list[float]], after: dict[str, list[float]]) -> dict[str, str]:
    """What became of each ratio of the baseline that was measured again, and which are new.

    A ratio moved if its median did by more than the spread of both sets of runs: half the distance from the least
    to the greatest, added up, as a part of the median; and by more than ``LEAST``.

    Examples
    --------
    >>> before = {"a": [10, 10, 10], "b": [10, 8, 12], "c": [5, 5, 5]}
    >>> for key, verdict in compare(before, {"a": [9, 9, 9], "b": [9, 9, 9], "d": [1, 1, 1]}).items():
    ...     print(key, verdict)
    a SLOWER: 10.00 -> 9.00 (-10 %)
    b same: 10.00 -> 9.00 (-10 %)
    d new: 1.00
    """
    told = {}
    for key, ratios in after.items():
        new = median(ratios)
        if key not in before:
            told[key] = f"new: {new:.2f}"
            continue
        old = median(before[key])
        change, tolerance = new / old - 1, max(LEAST, _spread(before[key]) + _spread(ratios))
        verdict = "same" if abs(change) <= tolerance else "SLOWER" if change < 0 else "faster"
        told[key] = f"{verdict}: {old:.2f} -> {new:.2f} ({100 * change:+.0f} %)"
    return told


def _spread(ratios: list[float]) -> float:
    """Half the distance from the least to the greatest, as a part of the median."""
    return (max(ratios) - min(ratios)) / 2 / median(ratios)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.baseline", description=__doc__)
    parser.add_argument(
        "json", type=Path, nargs="?", default=Path("build/benchmarks.json"), help="default: %(default)s"
    )
    parser.add_argument("--save", action="store_true", help="put these ratios into the baseline")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
