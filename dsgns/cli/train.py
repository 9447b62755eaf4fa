"""``dsgns train``: the whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, QUIET, REPORT, ROADS, RUN, STOPS, SectionedCommand, apart
from dsgns.cli.patience import noting
from dsgns.cli.session import session, stopping
from dsgns.cli.summary import conservation_line, headline, records_line, repairs_line
from dsgns.parameters import METHODS

if TYPE_CHECKING:
    from dsgns.store import Output, Workspace


@click.command(
    cls=SectionedCommand,
    params=[
        click.Argument(["inputs"], nargs=-1, required=True, metavar="INPUT..."),
        click.Option(["--output", "-o"], required=True, metavar="W", help="The workspace, made if there is none."),
        click.Option(["--method"], type=click.Choice(METHODS), default="both", show_default=True, help="Which road."),
        JSON,
        QUIET,
        *ROADS,
        *RUN,
        *STOPS,
        REPORT,
    ],
)
def train(
    inputs: tuple[str, ...],
    output: str,
    method: str,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Text to word vectors: count road, prediction road, or both, over one vocabulary.

    INPUT is a file, a directory, a glob, a URL or - (standard input); plain, .gz, .bz2, .xz or .zst. One line is one
    document unless --document says otherwise; of Wikipedia's dumps, .xml or .xml.bz2, each page is one; of JSON lines,
    .jsonl, .ndjson or .json, each record's --field; of .csv, .tsv, Parquet and Arrow, each row's --column.

    \b
        dsgns train corpus/*.txt.gz --output wiki.dsgns
        dsgns train corpus.txt -o w.dsgns --method svd --vector-size 100 --window 5
        dsgns train s3://bucket/text/ -o s3://bucket/w.dsgns --scheduler tcp://10.0.0.1:8786

    What an earlier run finished is reused, what it was interrupted in goes on: run the same command again.
    Other options make their results beside those that are there. A run that --time-limit ends elsewhere than in
    skip-gram, of which the vectors so far are kept, has the exit code 75.
    """
    from dsgns import pipeline
    from dsgns.advice import advised
    from dsgns.callbacks import require_held_out
    from dsgns.inputs import look_at, named
    from dsgns.pipeline import TrainParameters
    from dsgns.status import status
    from dsgns.store import Workspace

    resources, parameters = apart(options)
    settings = TrainParameters.from_options(**parameters)
    # What can be known now should not have to wait for workers.
    if method != "svd":
        require_held_out(stopping(resources["early_stopping"]), settings.corpus.held_out)
    look_at(inputs, settings.corpus)
    workspace = Workspace.create(output)
    pipeline.require_start(workspace, settings)
    names = named(workspace, inputs, settings.corpus, noting(quiet))
    limits = resources["memory_limit"], resources["workers"]
    with (
        advised(names, settings, method, *limits),
        session(quiet, settings.counts.window, **resources) as engine,
    ):
        made = pipeline.walk(engine, workspace, names, settings, method)
    if as_json:
        print_json({"made": {road: result.key for road, result in made.items()}, **status(workspace)})
    else:
        _summarise(output, workspace, made)


def _summarise(output: str, workspace: Workspace, made: Mapping[str, Output]) -> None:
    tokens = workspace.output("tokens", next(iter(made.values())).facts["tokens"])
    click.echo(f"{output} holds the vectors:")
    for result in made.values():
        click.echo(f"  {headline(result)}")
    click.echo(f"  tokens: {conservation_line(tokens.facts['conservation'])}")
    if repairs := repairs_line(tokens.facts):
        click.echo(f"  in the text: {repairs}")
    if records := records_line(tokens.facts.get("records")):
        click.echo(f"  {records}")
    click.echo("Go on with:")
    click.echo(f"  dsgns similar {output} WORD")
    click.echo(f"  dsgns evaluate {output} --set FILE")
    click.echo(f"  dsgns export {output} vectors.txt --vectors {list(made)[-1]}")
