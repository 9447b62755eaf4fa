"""``dsgns similar`` and ``dsgns analogy``: what the vectors know, roads side by side."""

from __future__ import annotations

from collections.abc import Mapping

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import CONTEXT, EXPONENT, JSON, KEY, POST, TOPN, VECTORS, Command
from dsgns.cli.roads import load_roads
from dsgns.display.figures import table
from dsgns.errors import MissingWordError

Ranking = list[tuple[str, float]]


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["words"], nargs=-1, required=True, metavar="WORD..."),
        VECTORS,
        EXPONENT,
        CONTEXT,
        POST,
        KEY,
        TOPN,
        JSON,
    ],
)
def similar(
    workspace: str,
    words: tuple[str, ...],
    vectors: str | None,
    p: float,
    context: str,
    post: str,
    key: str | None,
    topn: int,
    as_json: bool,
) -> None:
    """The nearest neighbours of each WORD by cosine, one column for each road.

    W may also be a file of vectors, of any format that `dsgns convert` reads. Words that are not known are named last,
    with those that are spelled much like them.

    \b
        dsgns similar wiki.dsgns king
        dsgns similar wiki.dsgns king queen --vectors svd --p 0 --topn 5
    """
    roads = load_roads(workspace, vectors, p, context, key, post)
    found: dict[str, dict[str, Ranking]] = {}
    unknown: list[MissingWordError] = []
    for word in words:
        try:
            found[word] = {road: known.most_similar(word, topn=topn) for road, known in roads.items()}
        except MissingWordError as error:
            unknown.append(error)
    if as_json:
        print_json(found)
    elif found:
        click.echo("\n\n".join(f"{word}\n{side_by_side(columns)}" for word, columns in found.items()))
    if unknown:
        raise MissingWordError("\n".join(map(str, unknown)))


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["a"]),
        click.Argument(["b"]),
        click.Argument(["c"]),
        VECTORS,
        EXPONENT,
        CONTEXT,
        POST,
        KEY,
        TOPN,
        JSON,
    ],
)
def analogy(
    workspace: str,
    a: str,
    b: str,
    c: str,
    vectors: str | None,
    p: float,
    context: str,
    post: str,
    key: str | None,
    topn: int,
    as_json: bool,
) -> None:
    """A is to B as C is to ...? The words nearest to B - A + C, one column for each road.

    W may also be a file of vectors, of any format that `dsgns convert` reads.

    \b
        dsgns analogy wiki.dsgns france paris japan
    """
    roads = load_roads(workspace, vectors, p, context, key, post)
    found = {road: known.most_similar([b, c], [a], topn=topn) for road, known in roads.items()}
    if as_json:
        print_json(found)
    else:
        click.echo(f"{a} : {b} = {c} : ?\n{side_by_side(found)}")


def side_by_side(columns: Mapping[str, Ranking]) -> str:
    """Each road's words and cosines in two columns."""
    depth = max(map(len, columns.values()))
    cells = [[cell for ranking in columns.values() for cell in _cells(ranking, place)] for place in range(depth)]
    header = [cell for name in columns for cell in (name, "")]
    return table(header, cells, left=len(header), indent="  ")


def _cells(ranking: Ranking, place: int) -> tuple[str, str]:
    return (ranking[place][0], f"{ranking[place][1]:.3f}") if place < len(ranking) else ("", "")
