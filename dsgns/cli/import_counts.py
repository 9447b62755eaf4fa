"""``dsgns import-counts``: counts from a table."""

from __future__ import annotations

import os
from typing import Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, QUIET, RUN, TEXT, Knob, SectionedCommand, apart
from dsgns.cli.session import session
from dsgns.cli.summary import headline
from dsgns.display.figures import count, counted
from dsgns.parameters import VocabularyParameters

_LEAST = Knob(["--min-count"], type=int, help="Drop names whose counts add up to less.  [default: 1]", section="Text")
_CHOICE = [_LEAST if knob.name == "min_count" else knob for knob in TEXT if knob.name in VocabularyParameters.CHOICE]


@click.command(
    "import-counts",
    cls=SectionedCommand,
    params=[
        click.Argument(["table"], metavar="TABLE"),
        click.Option(["--output", "-o"], required=True, metavar="W", help="The workspace, made if there is none."),
        click.Option(["--names"], metavar="FILE", help="Of an .npz: the name of each row and column, one a line."),
        JSON,
        QUIET,
        *_CHOICE,
        *RUN,
    ],
)
def import_counts(table: str, output: str, names: str | None, as_json: bool, quiet: bool, **options: Any) -> None:
    """Counts from TABLE instead of text: of items, a graph's edges, pairs met on walks.

    Each line of a .tsv or .csv, compressed or not, has two names and a whole number, as has each row of a .parquet;
    or TABLE is the .npz of a square SciPy sparse matrix. Counts are symmetrised: a cell (a, b) counts for (b, a) as
    well, cells that are there several times are added up, and one of the diagonal counts twice. Where rows and columns
    are different things, such as users and items, give them different names: both get vectors.

    \b
        dsgns import-counts edges.tsv --output graph.dsgns
        dsgns svd graph.dsgns --vector-size 100 --subsample-counts 0
        dsgns similar graph.dsgns NAME

    Names are words from then on: no white space. All are kept unless an option such as --min-count says else, which
    is about the sums of their counts. dsgns merge adds up tables too.
    """
    from dsgns.cooccurrence.tables import TableFile
    from dsgns.importing import take_in
    from dsgns.status import describe
    from dsgns.store import Workspace

    resources, given = apart(options)
    parameters = VocabularyParameters(**{"min_count": 1, **given})
    file = TableFile(os.path.abspath(table), os.path.abspath(names) if names else "")
    file.require()
    workspace = Workspace.create(output)
    workspace.require_writable()
    with session(quiet, **resources) as engine:
        made = take_in(engine, workspace, file, parameters)
    if as_json:
        print_json(describe(made))
        return
    click.echo(headline(made))
    facts = made.facts
    click.echo(f"  of {counted(facts['cells'], 'cell')}, symmetrised; {count(facts['cells_left_out'])} left out")
