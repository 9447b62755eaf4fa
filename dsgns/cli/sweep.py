"""``dsgns sweep``: the count road under many settings, scored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dsgns.cli.evaluate import MARKDOWN, SETS, read_sets
from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, QUIET, RUN, STOPS, Knob, SectionedCommand
from dsgns.cli.session import session
from dsgns.cli.several import Several
from dsgns.display.figures import markdown, table
from dsgns.kinds import require
from dsgns.parameters import ANALOGIES, WEIGHTINGS

if TYPE_CHECKING:
    from dsgns.sweeping import Point


def _values(flag: str, name: str, kind: Several, text: str) -> Knob:
    return Knob([flag, name], type=kind, section="Settings", help=text)


_SETTINGS = [
    _values("--window", "window", Several(int), "Tokens between a word and its context, at most."),
    _values("--weighting", "weighting", Several(str, WEIGHTINGS), "How much distance takes away."),
    _values("--subsample-counts", "subsample", Several(float), "Threshold of expected subsampling."),
    _values("--cds", "cds", Several(float), "Context distribution smoothing."),
    _values("--shift", "shift", Several(float), "k of max(PMI - log k, 0)."),
    _values("--vector-size", "vector_size", Several(int), "Numbers in a vector: leading ones of the longest."),
    _values("--p", "p", Several(float), "Exponents of singular values: U S^p."),
    _values("--context", "context", Several(str, ("none", "add")), "add: w + c instead of w."),
]


@click.command(
    cls=SectionedCommand,
    params=[
        click.Argument(["workspace"], metavar="W"),
        *SETS,
        click.Option(
            ["--analogies"], type=click.Choice(ANALOGIES), default="3CosAdd", show_default=True, help="How asked."
        ),
        click.Option(["--plot"], metavar="FILE", help="Draw curves: .svg, .pdf or .png.  [needs the extra plot]"),
        MARKDOWN,
        JSON,
        QUIET,
        *_SETTINGS,
        *RUN,
        *(stop for stop in STOPS if stop.name == "time_limit"),
    ],
)
def sweep(
    workspace: str,
    more: tuple[str, ...],
    sets: tuple[str, ...],
    restrict_vocabulary: int | None,
    analogies: str,
    plot: str | None,
    as_markdown: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Score the count road under every combination of some settings, values parted by commas.

    Counts are made once for each window and weighting, the matrix is factorised once for all vector sizes, p and
    uses of context vectors; what is there already is not made again. Settings that are left out are as dsgns svd W
    has them. Results are set aside: no command means them unless they are named, and dsgns clean W frees them.

    \b
        dsgns sweep wiki.dsgns --shift 1,5 --cds 0.75,1 --p 0,0.5,1 --vector-size 100,300 --set simlex.tsv
        dsgns sweep wiki.dsgns --window 2,5,10 --set simlex.tsv analogies.txt --plot window.svg
    """
    from dsgns.evaluation.curves import draw_curves, require_drawing
    from dsgns.store import Workspace
    from dsgns.sweeping import walk_settings

    names = {knob.name for knob in _SETTINGS}
    grid = {name: value for name, value in options.items() if name in names and value is not None}
    read, opened = read_sets((*sets, *more)), Workspace.open(workspace)
    if plot:
        require_drawing(plot)
        require(any(len(values) > 1 for values in grid.values()), "--plot", plot, "with several values of a setting")
    with session(quiet, **{name: value for name, value in options.items() if name not in names}) as engine:
        points = list(walk_settings(engine, opened, read, grid, (analogies,), restrict_vocabulary))
    if as_json:
        print_json([point.to_dict() for point in points])
    else:
        click.echo(_report(workspace, points, as_markdown))
    if plot:
        draw_curves(points, plot)


def _report(workspace: str, points: Sequence[Point], as_markdown: bool) -> str:
    """A row for each point, the best of each column marked; below it the one with the best mean."""
    best = [_best([point.scores[place].value for point in points]) for place in range(len(points[0].scores))]
    rows = [
        [*map(_written, point.setting.values()), *map(_figure, (one.value for one in point.scores), best)]
        for point in points
    ]
    header = [name.replace("_", " ") for name in points[0].setting]
    header += [f"{one.result.name} ({one.measure})" for one in points[0].scores]
    shown = (markdown if as_markdown else table)(header, rows, left=0)
    scored = [point for point in points if not math.isnan(point.mean)]
    if not scored:
        return f"{shown}\n\nNo setting has a score on every set; dsgns evaluate says why."
    top = max(scored, key=lambda point: point.mean)
    return f"{shown}\n\n*: the best of its column. Best on the average, {top.mean:.3f}: {_named(top)}; it is {top.key}."


def _named(point: Point) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_written(value)}" for name, value in point.setting.items()) or "all"


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _figure(value: float, best: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}{'*' if value == best else ' '}"


def _best(values: Sequence[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=math.nan)
