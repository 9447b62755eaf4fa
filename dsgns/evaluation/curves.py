"""The scores of a sweep as curves: one panel for each setting that has several values."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dsgns.errors import MissingExtraError, how_to_add
from dsgns.kinds import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dsgns.sweeping import Point

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")  # Okabe & Ito: told apart by everyone
_FORMATS = (".svg", ".pdf", ".png")


def draw_curves(points: Sequence[Point], path: str | os.PathLike[str]) -> None:
    """Draw each set's best score for every value of each setting, whatever the others; and all scores as dots.

    Parameters
    ----------
    points
        Of a sweep.
    path
        The drawing, its format by its ending: ``.svg``, ``.pdf``, ``.png``.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    ParameterError
        If no setting has several values, or there is no place for the drawing.
    """
    require_drawing(path)
    require(bool(varied(points)), "settings", "one of each", "several values of one or more, to draw curves of")
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    swept = varied(points)
    # The same points give the same bytes: no time of day, no random ids.
    with rc_context({"svg.hashsalt": "dsgns", "font.size": 9}):
        figure = Figure(figsize=(max(3.2 * len(swept), 5.0), 3.4), layout="constrained")
        panels = figure.subplots(1, max(len(swept), 1), sharey=True, squeeze=False)[0]
        for axes, name in zip(panels, swept, strict=False):
            _panel(axes, points, name)
        panels[0].set_ylabel("score")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 4), frameon=False)
        # Whole or not at all, whatever is drawn over.
        begun = Path(path).with_name(f".{Path(path).name}.{os.getpid()}{Path(path).suffix}")
        try:
            figure.savefig(begun, metadata={"Date": None} if begun.suffix == ".svg" else None)
            begun.replace(path)
        finally:
            begun.unlink(missing_ok=True)


def require_drawing(path: str | os.PathLike[str]) -> None:
    """Fail now rather than after an hour.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    ParameterError
        If there is no folder for the drawing, or its ending says no format.
    """
    drawing = Path(path)
    require(drawing.suffix.lower() in _FORMATS, "drawing", str(path), f"a file that ends in {', '.join(_FORMATS)}")
    require(drawing.parent.is_dir() and not drawing.is_dir(), "drawing", str(path), "a file in a folder that is there")
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingExtraError(f"Curves are drawn by matplotlib, which is not there. {how_to_add('plot')}")


def varied(points: Sequence[Point]) -> list[str]:
    """The settings that have more than one value."""
    names = points[0].setting if points else {}
    return [name for name in names if len({point.setting[name] for point in points}) > 1]


def _panel(axes: Axes, points: Sequence[Point], name: str) -> None:
    values = list(dict.fromkeys(point.setting[name] for point in points))
    values = sorted(values) if all(isinstance(value, int | float) for value in values) else values
    places = {value: place for place, value in enumerate(values)}
    for number, first in enumerate(points[0].scores):
        colour = _COLOURS[number % len(_COLOURS)]
        scores = [(places[point.setting[name]], point.scores[number].value) for point in points]
        axes.plot(*zip(*scores, strict=True), ".", color=colour, alpha=0.3, markersize=4)
        best = [_best([value for at, value in scores if at == place]) for place in places.values()]
        axes.plot(list(places.values()), best, "o-", color=colour, label=f"{first.result.name} ({first.measure})")
    axes.set_xticks(list(places.values()), [_written(value) for value in values])
    axes.set_xlabel(name.replace("_", " "))
    axes.spines[["top", "right"]].set_visible(False)


def _best(scores: Sequence[float]) -> float:
    known = [score for score in scores if np.isfinite(score)]
    return max(known) if known else float("nan")


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
