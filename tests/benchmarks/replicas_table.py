"""What trainings with several replicas came to beside one replica: seed by seed, in the mean, and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dsgns.display.figures import markdown

_ABREAST = 3  # panels of a drawing

Row = dict[str, Any]
"""Of one training: ``replicas``, ``seed``, ``seconds`` and ``figures``, by set: score, difference, standard error."""


class Mean(NamedTuple):
    """How far the mean score of some replicas is from that of one.

    Parameters
    ----------
    replicas, seeds
        How many replicas, and how many trainings the mean is of.
    score
        The mean.
    difference
        From the mean of all trainings of one replica.
    standard_error
        Of the difference, as far as it comes of training: what trainings of one replica scatter by.
    """

    replicas: int
    seeds: int
    score: float
    difference: float
    standard_error: float


def table(rows: Sequence[Row]) -> str:
    """All trainings as a Markdown table: scores, and beside one replica the difference and its standard error."""
    names = list(rows[0]["figures"])
    lines = []
    for each in sorted(rows, key=lambda one: (one["replicas"], one["seed"])):
        cells = ["{:.3f} ({:+.3f} +- {:.3f})".format(*each["figures"][name]) for name in names]
        lines.append([*(str(each[key]) for key in ("replicas", "seed", "seconds")), *cells])
    return markdown(("replicas", "seed", "seconds", *names), lines)


def means(rows: Sequence[Row]) -> dict[str, list[Mean]]:
    """The means over seeds, by set and number of replicas.

    Examples
    --------
    >>> def row(replicas, score): return {"replicas": replicas, "figures": {"men": [score, 0.0, 0.0]}}
    >>> [one, many] = means([row(1, 0.65), row(1, 0.67), row(16, 0.67)])["men"]
    >>> round(many.difference, 3), round(many.standard_error, 4)
    (0.01, 0.0173)
    """
    found: dict[str, list[Mean]] = {}
    for name in rows[0]["figures"]:
        scores: dict[int, list[float]] = {}
        for each in rows:
            scores.setdefault(each["replicas"], []).append(each["figures"][name][0])
        alone = np.array(scores[1])
        scatter = float(alone.std(ddof=1)) if alone.size > 1 else float("nan")
        found[name] = [
            Mean(replicas, len(of), float(np.mean(of)), float(np.mean(of) - alone.mean()),
                 scatter * float(np.sqrt(1 / len(of) + 1 / alone.size)) if replicas > 1 else scatter)
            for replicas, of in sorted(scores.items())
        ]  # fmt: skip
    return found


def means_table(found: dict[str, list[Mean]]) -> str:
    """The same as Markdown; of one replica what a training scatters by."""
    lines = []
    for place, first in enumerate(next(iter(found.values()))):
        of = [each[place] for each in found.values()]
        cells = [
            f"{one.score:.3f} (scatter {one.standard_error:.3f})" if one.replicas == 1
            else f"{one.score:.3f} ({one.difference:+.3f} +- {one.standard_error:.3f})"
            for one in of
        ]  # fmt: skip
        lines.append([str(first.replicas), str(first.seeds), *cells])
    return markdown(("replicas", "seeds", *found), lines)


def draw(rows: Sequence[Row], path: Path) -> Path | None:
    """Scores over the number of replicas, each training and the means; None if matplotlib is not installed.

    Shaded is what single trainings of one replica lie within, two of their scatter to either side of their mean; the
    bars are two standard errors of a mean's difference.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return None
    found = means(rows)
    lines = -(-len(found) // _ABREAST)
    figure = Figure(figsize=(3.4 * min(len(found), _ABREAST), 3.1 * lines), layout="constrained")
    panels = figure.subplots(lines, min(len(found), _ABREAST), squeeze=False).ravel()
    for axes, (name, of) in zip(panels, found.items(), strict=False):
        alone, several = of[0], of[1:]
        reach = 2 * alone.standard_error
        axes.axhspan(alone.score - reach, alone.score + reach, color="#9ecae9", alpha=0.35, lw=0)
        axes.axhline(alone.score, color="#4c78a8", lw=1)
        scores = [each["figures"][name][0] for each in rows]
        axes.plot([each["replicas"] for each in rows], scores, "o", ms=3, color="#999999")
        errors = [2 * one.standard_error for one in several]
        places, heights = [one.replicas for one in several], [one.score for one in several]
        axes.errorbar(places, heights, yerr=errors, fmt="s", ms=4, capsize=3, color="#e45756")
        axes.set_xscale("log", base=2)
        axes.set_xticks([one.replicas for one in of], [str(one.replicas) for one in of])
        axes.set_title(name)
        axes.set_xlabel("replicas")
    for axes in panels[len(found) :]:
        axes.remove()
    figure.savefig(path)
    return path
