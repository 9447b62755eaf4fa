"""``dsgns report``: what ``dsgns explore`` shows, as one file."""

from __future__ import annotations

import os

import click

from dsgns.cli.explore import require_bokeh
from dsgns.cli.options import CONTEXT, EXPONENT, POST, Command
from dsgns.cli.vector_files import told_of
from dsgns.display.figures import size


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Option(
            ["--output", "-o", "file"],
            type=click.Path(dir_okay=False),
            metavar="FILE",
            help="[default: W's name with .html, here]",
        ),
        click.Option(
            ["--words"],
            type=click.IntRange(2, 20_000),
            default=2000,
            show_default=True,
            help="How many are on the map, and have their neighbours in the file.",
        ),
        click.Option(
            ["--key", "keys"], multiple=True, help="A result of each road, see status.  [default: the newest]"
        ),
        EXPONENT,
        CONTEXT,
        POST,
    ],
)
def report(
    workspace: str, file: str | None, words: int, keys: tuple[str, ...], p: float, context: str, post: str
) -> None:
    """Write what dsgns explore shows of W to one HTML file, to send or to keep.

    It needs neither a server nor a network: the most frequent words have their neighbours in it, by both roads, and the
    map, curves and accounts are all there. Only analogies and rarer words take dsgns explore.

    \b
        dsgns report wiki.dsgns
        dsgns report wiki.dsgns --output wiki.html --words 5000 --key svd/d300-1a2b3c4d

    It takes the extra explore.
    """
    require_bokeh()
    from dsgns.choosing import SIDE_BY_SIDE
    from dsgns.explorer.library import Library, Reading
    from dsgns.explorer.report import write_report
    from dsgns.store import Workspace

    opened = Workspace.open(workspace)
    named = [opened.named(key, SIDE_BY_SIDE) for key in keys]
    place = file or os.path.basename(workspace.rstrip("/")).removesuffix(".dsgns") + ".html"
    with told_of(place):
        written = write_report(
            Library(opened, Reading(p, context, post, words)), {output.stage: output.key for output in named}, place
        )
    click.echo(f"{place}: {size(written)}")
