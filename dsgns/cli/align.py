"""``dsgns align``: the vectors of two workspaces on one set of axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import CONTEXT, EXPONENT, JSON, POST, TOPN, Command
from dsgns.cli.roads import load_roads, require_workspace
from dsgns.cli.several import Several
from dsgns.cli.vector_files import is_file, load_file, told_of
from dsgns.display.figures import count, counted, table
from dsgns.errors import ParameterError
from dsgns.vectors.files.formats import FORMATS

if TYPE_CHECKING:
    from dsgns.vectors.alignment import Alignment
    from dsgns.vectors.words import WordVectors


@click.command(
    cls=Command,
    params=[
        click.Argument(["source"], metavar="W"),
        click.Argument(["target"], metavar="ONTO"),
        click.Option(["--vectors"], type=click.Choice(["svd", "sgns"]), default="svd", show_default=True),
        EXPONENT,
        CONTEXT,
        POST,
        click.Option(["--key"], help="One result of W among several.  [default: the newest]"),
        click.Option(["--onto-key"], help="The same of ONTO."),
        click.Option(["--pairs"], metavar="FILE", help="Go by these: a word of W and one of ONTO a line."),
        click.Option(["--words"], type=Several(str), help="Show what stands for these words of W in ONTO."),
        click.Option(["--min-count"], type=int, default=0, help="List only words as frequent as that in both."),
        TOPN,
        click.Option(["--output", "-o"], type=click.Path(dir_okay=False), metavar="FILE", help="Write W's vectors."),
        click.Option(["--format", "form"], type=click.Choice(list(FORMATS)), help="[default: what FILE's ending says]"),
        JSON,
    ],
)
def align(
    source: str,
    target: str,
    vectors: str,
    p: float,
    context: str,
    post: str,
    key: str | None,
    onto_key: str | None,
    pairs: str | None,
    words: tuple[str, ...] | None,
    min_count: int,
    topn: int,
    output: str | None,
    form: str | None,
    as_json: bool,
) -> None:
    """Turn the vectors of W onto those of ONTO, by the words that both have, and tell which moved furthest.

    W and ONTO are workspaces of two times, two sources or two languages, with vectors of one length. The turn is the
    rotation that brings the words of both closest together (orthogonal Procrustes); distances within W stay what they
    are. Words are listed by 1 minus the cosine between their two vectors; rare ones move by chance.

    \b
        dsgns align 1990.dsgns 2020.dsgns --min-count 100
        dsgns align 1990.dsgns 2020.dsgns --words broadcast,mouse
        dsgns align de.dsgns en.dsgns --pairs dictionary.tsv --words haus --output german-on-english.safetensors
    """
    from dsgns.vectors.alignment import align as turn

    if is_file(source) and is_file(target):
        require_workspace(source, key, onto_key)
    before, after = (
        _dense(url, vectors, p, context, chosen, post) for url, chosen in ((source, key), (target, onto_key))
    )
    turned = turn(before, after, read_pairs(pairs) if pairs else None)
    if output is not None:
        with told_of(output):
            turned.aligned.save(output, form)
    asked = dict(zip(words or (), turned.counterparts(words or (), topn), strict=True))
    moved = [] if words else turned.changes(topn, min_count)
    if as_json:
        print_json({"anchors": turned.anchors, **({"counterparts": asked} if words else {"changes": moved})})
        return
    click.echo(f"{counted(turned.anchors, 'pair')} of words to go by.")
    click.echo("\n".join(_counterparts(asked)) if words else _changes(turned, moved))
    if output is not None:
        click.echo(f"{output}: {len(before):,} words x {before.vector_size:,}")


def read_pairs(path: str) -> list[tuple[str, str]]:
    """Two words a line, parted by white space.

    Raises
    ------
    ParameterError
        If there is no such file, or a line has another number of words.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            lines = [(number, line.split()) for number, line in enumerate(file, start=1) if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"{path} cannot be read ({error}); --pairs names a file of text in UTF-8.") from error
    for number, found in lines:
        if len(found) != 2:
            raise ParameterError(
                f"{path}, line {number} has {len(found)} words; it must have one of W and one of ONTO."
            )
    return [(first, second) for _, (first, second) in lines]


def _dense(url: str, road: str, p: float, context: str, key: str | None, post: str) -> WordVectors:
    from dsgns.vectors.words import WordVectors

    if is_file(url):  # --p and the like are for the workspace beside it
        read = load_file(url)
        return read if post == "none" else read.postprocessed(post)
    (vectors,) = load_roads(url, road, p, context, key, post).values()
    assert isinstance(vectors, WordVectors)
    return vectors


def _changes(turned: Alignment, moved: Sequence[tuple[str, float]]) -> str:
    """A row for each word: how far it moved, and how often it comes in both."""
    counts = [dict(zip(side.index_to_key, side.counts, strict=True)) for side in (turned.source, turned.target)]  # type: ignore[arg-type]
    rows = [[word, f"{distance:.3f}", *(count(often[word]) for often in counts)] for word, distance in moved]
    return table(["moved furthest", "by", "in W", "in ONTO"], rows)


def _counterparts(asked: dict[str, list[tuple[str, float]]]) -> list[str]:
    return [f"{word}: {', '.join(f'{other} {cosine:.3f}' for other, cosine in found)}" for word, found in asked.items()]
