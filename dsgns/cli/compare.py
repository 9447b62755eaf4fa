"""``dsgns compare``: the two roads under one objective."""

from __future__ import annotations

from typing import Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, KEY, QUIET, RUN, SectionedCommand
from dsgns.cli.roads import choose_aloud
from dsgns.cli.session import session
from dsgns.display.figures import count, short, table

_NAMES = {
    "pmi": "PMI - log k",
    "sppmi": "SPPMI",
    "context_sppmi": "SPPMI, contexts' own counts",
    "svd": "SVD of that",
    "sgns": "SGNS",
}


_LEGEND = """\
objective/pair: what SGNS maximises, so higher is better; off the optimum: how far from that of PMI - log k, which no
scores surpass, so lower is better.
slope to correlation: of the scores w . c regressed on PMI - log k; the nearer to 1, 0, 0 and 1 the better."""


@click.command(cls=SectionedCommand, params=[click.Argument(["workspace"], metavar="W"), KEY, JSON, QUIET, *RUN])
def compare(workspace: str, key: str | None, as_json: bool, quiet: bool, **resources: Any) -> None:
    """How near each road comes to what skip-gram with negative sampling optimises, on the text of W.

    The scores w . c that maximise the objective, given unlimited dimensions, are PMI - log k (Levy & Goldberg
    2014). The count road is walked with SGNS's own window, subsampling, noise and negatives; then the objective is
    computed exactly for each matrix of scores, and the scores are regressed on PMI - log k over the observed
    pairs, weighted by their counts. A slope of 1 and an intercept of 0 say that a road arrived.

    \b
        dsgns sgns wiki.dsgns --vector-size 100
        dsgns compare wiki.dsgns
    """
    from dsgns.comparison import compare_roads
    from dsgns.store import Workspace

    opened = Workspace.open(workspace)
    trained = choose_aloud(opened, ["sgns"], key)["sgns"]
    with session(quiet, trained.parameters["window"], **resources) as engine:
        facts = compare_roads(engine, opened, trained).facts
    if as_json:
        print_json(facts)
    else:
        click.echo(_report(facts))


def _report(facts: dict[str, Any]) -> str:
    rows = [_row(_NAMES[name], score) for name, score in facts["matrices"].items()]
    header = ["scores", "objective/pair", "off the optimum", "slope", "intercept", "RMSE", "correlation"]
    about = (
        f"k = {facts['negative']}, {count(facts['vocabulary_size'])} words, {short(facts['pairs'])} pairs of "
        f"{short(facts['observed'])} kinds"
    )
    if not facts["exact"]:
        about += f"; noise terms estimated from {count(facts['rows'])} rows"
    return f"{about}\n\n{table(header, rows)}\n\n{_LEGEND}"


def _row(name: str, score: dict[str, Any]) -> list[str]:
    line = score["regression"]
    figures = [line["slope"], line["intercept"], line["rmse"], line["correlation"]]
    return [
        name,
        f"{score['per_pair']:.4f}",
        f"{100 * score['deviation']:.1f} %",
        *(f"{figure:.3f}" for figure in figures),
    ]
