"""``dsgns convert``: vectors from one file format to another."""

from __future__ import annotations

import click

from dsgns.cli.options import Command
from dsgns.cli.vector_files import told_of
from dsgns.vectors.files.formats import FORMATS

_FORMAT = click.Choice(list(FORMATS))


@click.command(
    cls=Command,
    params=[
        click.Argument(["source"], metavar="FILE"),
        click.Argument(["target"], type=click.Path(dir_okay=False), metavar="TARGET"),
        click.Option(["--from", "source_form"], type=_FORMAT, help="[default: what FILE's ending says]"),
        click.Option(["--to", "target_form"], type=_FORMAT, help="[default: what TARGET's ending says]"),
        click.Option(["--limit"], type=click.IntRange(1), help="Only this many words, the first.  [default: all]"),
        click.Option(["--encoding"], help="Of words in text and binary files.  [default: utf-8]"),
        click.Option(
            ["--unicode-errors"],
            type=click.Choice(["strict", "replace", "ignore"]),
            default="strict",
            show_default=True,
            help="Of words that are not in that encoding.",
        ),
    ],
)
def convert(
    source: str,
    target: str,
    source_form: str | None,
    target_form: str | None,
    limit: int | None,
    encoding: str | None,
    unicode_errors: str,
) -> None:
    """Write the vectors of FILE, whoever made it, to TARGET in another format.

    Formats are those of `dsgns export`. A text file may lack word2vec's first line and be packed in .gz, .bz2, .xz,
    .zst or .zip.

    \b
        dsgns convert glove.6B.300d.txt glove.safetensors
        dsgns convert GoogleNews-vectors-negative300.bin.gz news.parquet --limit 200000
    """
    from dsgns.vectors.words import WordVectors

    with told_of(source, "read"):
        vectors = WordVectors.load(source, source_form, limit=limit, encoding=encoding, unicode_errors=unicode_errors)
    with told_of(target):
        vectors.save(target, target_form)
    click.echo(f"{target}: {len(vectors):,} words x {vectors.vector_size:,}")
