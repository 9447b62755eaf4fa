"""Results as a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def draw(found: list[dict[str, Any]], path: Path) -> Path | None:
    """Draw every ratio, with the least and the greatest; None if matplotlib is not installed or nothing was found.

    Parameters
    ----------
    found
        The ``results`` of the JSON.
    path
        The drawing, its format by its ending.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    if not found:
        return None
    figure = Figure(figsize=(11, 1.2 + 0.34 * len(found)), layout="constrained")
    axes = figure.subplots()
    ratios = [result["ratio"] for result in found]
    spread = [
        [result["ratio"] - min(result["ratios"]) for result in found],
        [max(result["ratios"]) - result["ratio"] for result in found],
    ]
    places = range(len(found))
    axes.barh(places, ratios, xerr=spread, color="#4c78a8", error_kw={"capsize": 3, "lw": 1})
    axes.set_yticks(places, [f"{result['stage']}: {result['what']}\n{result['theirs']['name']}" for result in found])
    axes.tick_params(axis="y", labelsize=6)
    axes.set_xscale("log")
    axes.axvline(1, color="black", lw=1)
    axes.invert_yaxis()
    axes.set_xlabel("times the seconds that the other took, median of all turns, from the least to the greatest")
    figure.savefig(path)
    return path
