"""``dsgns fold-in``: vectors of words that came after the training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.neighbours import side_by_side
from dsgns.cli.options import (
    CONTEXT,
    EXPONENT,
    JSON,
    KEY,
    MEMORY,
    QUIET,
    SHARD,
    TOPN,
    VECTORS,
    WORKERS,
    SectionedCommand,
)
from dsgns.cli.roads import choose_aloud, roads_of
from dsgns.cli.session import session
from dsgns.cli.several import Several
from dsgns.cli.vector_files import told_of
from dsgns.display.figures import count, counted
from dsgns.errors import ParameterError
from dsgns.parameters import VocabularyParameters
from dsgns.vectors.files.formats import FORMATS

if TYPE_CHECKING:
    from dsgns.vectors.words import WordVectors

_SHOWN = 10  # words, where none is named


@click.command(
    cls=SectionedCommand,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["texts"], nargs=-1, required=True, metavar="TEXT..."),
        click.Option(["--words"], type=Several(str), help="These words.  [default: all that W does not have]"),
        click.Option(
            ["--min-count"],
            type=click.IntRange(1),
            default=VocabularyParameters.min_count,
            show_default=True,
            help="Pass over words that occur less often, unless they are named.",
        ),
        VECTORS,
        EXPONENT,
        CONTEXT,
        KEY,
        TOPN,
        click.Option(["--output", "-o"], type=click.Path(dir_okay=False), metavar="FILE", help="Write the vectors."),
        click.Option(["--format", "form"], type=click.Choice(list(FORMATS)), help="[default: what FILE's ending says]"),
        JSON,
        QUIET,
        WORKERS,
        MEMORY,
        SHARD,
    ],
)
def fold_in(
    workspace: str,
    texts: tuple[str, ...],
    words: tuple[str, ...] | None,
    min_count: int,
    vectors: str | None,
    p: float,
    context: str,
    key: str | None,
    topn: int,
    output: str | None,
    form: str | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Give words of TEXT that W was trained without a place among its vectors, by what they are seen near.

    TEXT is read as the text of W was, and need not be part of it. W stays as it is: each word's neighbours in W are
    shown, and --output writes the new vectors, of one road, to a file.

    \b
        dsgns fold-in wiki.dsgns news/*.txt
        dsgns fold-in wiki.dsgns news/*.txt --words covid,lockdown --vectors svd
        dsgns fold-in wiki.dsgns news/*.txt --vectors sgns --output new.safetensors
    """
    from dsgns.newcomers import newcomers
    from dsgns.store import Workspace
    from dsgns.vectors.folding_in import fold_in as fold
    from dsgns.workspace import vectors_of

    opened = Workspace.open(workspace)
    chosen = choose_aloud(opened, roads_of(vectors), key)
    if output is not None and len(chosen) > 1:
        raise ParameterError(f"--output takes the vectors of one road; choose one with --vectors: {', '.join(chosen)}.")
    if "ppmi" in chosen:
        raise ParameterError("--vectors and --key are of svd or sgns: words are folded into dense vectors.")
    with session(quiet, scheduler=None, certificates=None, **options) as engine:
        found = newcomers(engine, opened, chosen, texts, words, min_count)
    occurrences = {word: times for new in found.values() for word, times in new.occurrences.items()}
    shown = sorted(occurrences, key=lambda word: -occurrences[word])[: None if words else _SHOWN]
    made = {}
    for road, new in found.items():
        # What is not shown takes as long to place as what is.
        placed = new.contexts if output is not None else {w: new.contexts[w] for w in shown if w in new.contexts}
        made[road] = fold(opened, chosen[road], placed, p, context, new.occurrences)
    known = {road: vectors_of(result, p=p, context=context) for road, result in chosen.items()}
    near = {
        # A road whose window is narrower may have seen a word near nothing.
        word: {road: known[road].similar_by_vector(at[word], topn) for road, at in made.items() if word in at}
        for word in shown
    }
    if output is not None:
        _write(made[next(iter(made))], output, form, as_json)
    if as_json:
        print_json({word: {"occurrences": occurrences[word], "similar": near[word]} for word in shown})
    else:
        _show(occurrences, near, [word for word in words or () if word not in occurrences])


def _write(vectors: WordVectors, output: str, form: str | None, aside: bool) -> None:
    with told_of(output):
        vectors.save(output, form)
    click.echo(f"{output}: {len(vectors):,} words x {vectors.vector_size:,}", err=aside)


def _show(occurrences: Mapping[str, int], near: Mapping[str, Mapping[str, Any]], missing: list[str]) -> None:
    for word, columns in near.items():
        click.echo(f"{word}, {counted(occurrences[word], 'time')}\n{side_by_side(columns)}\n")
    if missing:
        click.echo(f"Seen near no word of the vocabulary, or nowhere: {', '.join(missing)}.")
    elif not occurrences:
        click.echo("There is no such word.")
    elif rest := len(occurrences) - len(near):
        click.echo(f"{count(rest)} more; --words shows others, --output writes all.")
