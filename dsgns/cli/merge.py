"""``dsgns merge``: counts added up, or taken away."""

from __future__ import annotations

from typing import Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, QUIET, RUN, SectionedCommand
from dsgns.cli.session import session
from dsgns.cli.summary import headline
from dsgns.display.figures import count, counted


@click.command(
    cls=SectionedCommand,
    params=[
        click.Argument(["workspaces"], nargs=-1, required=True, metavar="W..."),
        click.Option(
            ["--subtract"], multiple=True, metavar="W", help="Take its counts away; may be given several times."
        ),
        click.Option(["--output", "-o"], required=True, metavar="C", help="The workspace, made if there is none."),
        JSON,
        QUIET,
        *RUN,
    ],
)
def merge(
    workspaces: tuple[str, ...], subtract: tuple[str, ...], output: str, as_json: bool, quiet: bool, **resources: Any
) -> None:
    """Add up the counts of workspaces, cell by cell, over their united vocabulary; no text is read again.

    Of each W its last counts are meant; W/counts/KEY names others. All must be counted with one window and weighting,
    each from a text of its own, and texts be made words by the same rules.
    From C the commands that need counts go on, such as dsgns svd; it holds no tokens, which dsgns sgns needs.

    \b
        dsgns counts may/*.txt.gz --output may.dsgns --min-count 1
        dsgns merge wiki.dsgns may.dsgns --output wiki+may.dsgns
        dsgns svd wiki+may.dsgns
        dsgns merge wiki+may.dsgns --subtract may.dsgns --output wiki-again.dsgns

    The sums are exactly the counts of the joined text, with the united vocabulary, where no text had a word left out
    that the united vocabulary has: with --min-count 1 and all words, or with one --vocabulary file for all of them.
    Otherwise a word that was too rare in one text is missing from its counts, and those around it are a step nearer to
    one another there; of how many words and tokens that may be so is told, and kept.
    """
    from dsgns.merging import add_up, find_addends
    from dsgns.status import describe
    from dsgns.store import Workspace

    addends = find_addends(workspaces, subtract)
    opened = Workspace.create(output)
    opened.require_writable()
    with session(quiet, **resources) as engine:
        made = add_up(engine, opened, addends)
    if as_json:
        print_json(describe(made))
        return
    click.echo(headline(made))
    losses = made.facts["losses"]
    for loss in losses:
        click.echo(
            f"  {loss['counts']} was counted without {counted(loss['words'], 'word')} of these; they are among the "
            f"{count(loss['tokens'])} of its {counted(loss['of'], 'token')} that were left out"
        )
    if not losses:
        click.echo("  exactly the counts of the joined text")
