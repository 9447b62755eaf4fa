"""``dsgns evaluate``: vectors scored on similarity and analogy sets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, POSTS, VECTORS, Command
from dsgns.cli.roads import load_variants
from dsgns.cli.several import Several
from dsgns.cli.vector_files import load_file
from dsgns.parameters import ANALOGIES

if TYPE_CHECKING:
    from dsgns.evaluation.sets import AnalogySet, SimilaritySet

SETS = [
    click.Argument(["more"], nargs=-1, metavar=""),
    click.Option(["--set", "sets"], multiple=True, required=True, metavar="FILE...", help="Evaluation sets."),
    click.Option(
        ["--restrict-vocabulary"],
        type=int,
        help="Ask and answer analogies with this many words only, the most frequent.  [default: all]",
    ),
]
MARKDOWN = click.Option(["--markdown", "as_markdown"], is_flag=True, help="Print tables of Markdown.")


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        *SETS,
        VECTORS,
        click.Option(
            ["--p"], type=Several(float), default="0.5", show_default=True, help="Exponents of singular values: U S^p."
        ),
        click.Option(
            ["--context"],
            type=Several(str, ("none", "add")),
            default="none",
            show_default=True,
            help="add: w + c instead of w; none,add: both.",
        ),
        click.Option(
            ["--post"],
            type=Several(str, POSTS),
            default="none",
            show_default=True,
            help=f"What is done to dense vectors then: {', '.join(POSTS)}; several.",
        ),
        click.Option(
            ["--key", "keys"], multiple=True, help="Results, KEY or ROAD/KEY, instead of the newest; see status."
        ),
        click.Option(
            ["--beside"], multiple=True, metavar="FILE", help="Vectors of others, in a column of their own; repeatable."
        ),
        click.Option(
            ["--analogies"],
            type=Several(str, ANALOGIES),
            default=",".join(ANALOGIES),
            show_default=True,
            help="How asked.",
        ),
        click.Option(["--sections"], is_flag=True, help="Also score each section of analogies."),
        click.Option(
            ["--resamples"],
            type=click.IntRange(1),
            default=1000,
            show_default=True,
            help="Draws of the bootstrap that intervals are from.",
        ),
        MARKDOWN,
        JSON,
    ],
)
def evaluate(
    workspace: str,
    more: tuple[str, ...],
    sets: tuple[str, ...],
    vectors: str | None,
    p: tuple[float, ...],
    context: tuple[str, ...],
    post: tuple[str, ...],
    keys: tuple[str, ...],
    beside: tuple[str, ...],
    restrict_vocabulary: int | None,
    analogies: tuple[str, ...],
    sections: bool,
    resamples: int,
    as_markdown: bool,
    as_json: bool,
) -> None:
    """Score vectors on sets of word pairs (Spearman's rho) and of analogies (accuracy), several side by side.

    A set is a file of lines "word word score", or of "word word word word" with ": section" lines between, as
    word2vec has them. Words that are not in the vocabulary are counted, not guessed. Where there are any, a second
    score has them against it: pairs have cosine 0 then, questions a wrong answer.

    W may also be a file of vectors, of any format that `dsgns convert` reads.

    \b
        dsgns evaluate wiki.dsgns --set simlex.tsv wordsim.tsv analogies.txt
        dsgns evaluate wiki.dsgns --set simlex.tsv --beside gensim.bin --beside glove.6B.100d.txt
        dsgns evaluate wiki.dsgns --set analogies.txt --vectors svd --p 0,0.5,1 --context none,add --sections
        dsgns evaluate wiki.dsgns --set simlex.tsv --post none,all-but-the-top,zipfian-whitening
        dsgns evaluate wiki.dsgns --set simlex.tsv --key svd/d300-1a2b3c4d --key svd/d100-5e6f7a8b --markdown
    """
    from dsgns.cli.scores import LEGEND, score_table
    from dsgns.evaluation.scores import reasons, score

    read = read_sets((*sets, *more))
    scored = {
        name: score(embedding, read, analogies, restrict_vocabulary, resamples)
        for name, embedding in load_variants(workspace, vectors, p, context, post, keys)
    }
    for file in beside:
        name = Path(file).name
        scored[name if name not in scored else file] = score(
            load_file(file), read, analogies, restrict_vocabulary, resamples
        )
    if as_json:
        print_json({name: [one.to_dict() for one in scores] for name, scores in scored.items()})
        return
    click.echo(score_table(scored, sections, as_markdown))
    if not all(one.result.reason for scores in scored.values() for one in scores):
        click.echo(f"\n{LEGEND}")
    for reason in reasons(scored):
        click.echo(reason)


def read_sets(paths: Iterable[str]) -> list[SimilaritySet | AnalogySet]:
    """The sets in some files; what is to be said of one goes to stderr.

    Raises
    ------
    EvaluationFileError
        If one cannot be read.
    """
    from dsgns.evaluation.sets import SimilaritySet, read_set

    read = [read_set(path) for path in paths]
    for one in read:
        if isinstance(one, SimilaritySet) and one.note:
            click.echo(one.note, err=True)
    return read
