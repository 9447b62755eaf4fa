"""One command for each stage: from text, or going on in a workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import (
    COUNTS,
    JSON,
    MORE,
    OUTPUT,
    PMI,
    QUIET,
    REPORT,
    RUN,
    SGNS,
    STOPS,
    SVD,
    TEXT,
    Knob,
    SectionedCommand,
    apart,
)
from dsgns.cli.patience import noting
from dsgns.cli.session import session
from dsgns.cli.summary import headline
from dsgns.errors import NotAWorkspaceError

if TYPE_CHECKING:
    from dsgns.parameters import CorpusParameters
    from dsgns.store import Workspace

_RULE = """{text}

\b
    dsgns {stage} INPUT... --output W    begin with text
    dsgns {stage} W                      go on from what W holds last

Going on is from the vocabulary that was made or asked for last, and from what was made of it; a line says from which
results. Options of earlier stages that are left out are as W's last results have them, and vectors are as long as W's
last ones; the stage's other options have their defaults, and the line says in what they differ from its last result.
What is there already is not made again.

\b
For example:
    {example}"""


def _open(
    places: tuple[str, ...], output: str | None, corpus: CorpusParameters, quiet: bool
) -> tuple[list[str], Workspace]:
    """The text to begin with, none to go on, and the workspace."""
    from dsgns.inputs import look_at, named
    from dsgns.store import Workspace

    if output is not None and places:
        look_at(places, corpus)
        workspace = Workspace.create(output)
        return named(workspace, places, corpus, noting(quiet)), workspace
    if output is not None:
        return [], Workspace.open(output)
    if len(places) != 1:
        raise click.UsageError("Name one workspace to go on in, or give --output with the text to begin with.")
    try:
        return [], Workspace.open(places[0])
    except NotAWorkspaceError as error:
        raise NotAWorkspaceError(f"{places[0]} is no dsgns workspace; if it is text, add --output W.") from error


def _callback(stage: str) -> Callable[..., None]:
    def run(places: tuple[str, ...], output: str | None, as_json: bool, quiet: bool, **options: Any) -> None:
        from dsgns import pipeline
        from dsgns.continuation import run_stage
        from dsgns.pipeline import TrainParameters
        from dsgns.status import describe

        resources, parameters = apart(options)
        settings = TrainParameters.from_options(**parameters)
        inputs, workspace = _open(places, output, settings.corpus, quiet)
        workspace.require_writable()
        pipeline.require_start(workspace, settings)
        with session(quiet, parameters.get("window"), **resources) as engine:
            made = run_stage(engine, workspace, stage, inputs, parameters)
        if as_json:
            print_json(describe(made))
        else:
            click.echo(headline(made))

    return run


def _command(stage: str, knobs: list[Knob], text: str, example: str) -> click.Command:
    return SectionedCommand(
        stage,
        callback=_callback(stage),
        help=_RULE.format(stage=stage, text=text, example=example),
        params=[
            click.Argument(["places"], nargs=-1, metavar="INPUT...|W"),
            OUTPUT,
            JSON,
            QUIET,
            *knobs,
            *RUN,
            # What goes by epochs stops skip-gram alone.
            *(stop for stop in STOPS if stage == "sgns" or stop.name == "time_limit"),
            REPORT,
        ],
    )


vocabulary = _command(
    "vocabulary",
    TEXT,
    "Count words and give them ids, by falling count.",
    "dsgns vocabulary corpus/*.txt.gz --output wiki.dsgns --min-count 10",
)
tokens = _command(
    "tokens",
    TEXT,
    "Encode the text as ids, which every later stage begins from.",
    "dsgns tokens corpus/*.txt.gz --output wiki.dsgns",
)
counts = _command(
    "counts",
    [*TEXT, *COUNTS],
    "Count which words occur near which.",
    "dsgns counts wiki.dsgns --window 5 --weighting dynamic",
)
ppmi = _command(
    "ppmi",
    [*TEXT, *COUNTS, *PMI],
    "Weigh counts as shifted positive pointwise mutual information, or as --transform says, and write the matrix. The "
    "svd stage needs no such copy; it is for use as sparse vectors and for export.",
    "dsgns ppmi wiki.dsgns --shift 5",
)
svd = _command(
    "svd",
    [*TEXT, *COUNTS, *PMI, *SVD],
    "Factorise the weighted counts by randomized SVD: the count road's vectors.",
    "dsgns svd wiki.dsgns --vector-size 100 --cds 1",
)
sgns = _command(
    "sgns",
    [*TEXT, *SGNS, *MORE],
    "Train skip-gram with negative sampling: the prediction road's vectors.\n\n--continue-from KEY trains a result "
    "further, on text that is named, else on its own: the learning rate falls once more, from --alpha to --min-alpha "
    "over --epochs, and options that are left out, of the text too, are KEY's. --epochs 10 --until 5 stops half-way; "
    "the same command without --until goes on as if nothing had been.",
    "dsgns sgns wiki.dsgns --vector-size 100 --epochs 3 --threads 4",
)
