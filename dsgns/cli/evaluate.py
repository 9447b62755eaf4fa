"""``dsgns evaluate``: vectors scored on similarity and analogy sets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from dsgns.cli.figures import table
from dsgns.cli.machine import print_json
from dsgns.cli.options import CONTEXT, EXPONENT, JSON, KEY, VECTORS, Command
from dsgns.cli.roads import load_roads
from dsgns.parameters import ANALOGIES

if TYPE_CHECKING:
    from dsgns.evaluation.sets import AnalogySet, SimilaritySet
    from dsgns.vectors.embedding import Embedding


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["more"], nargs=-1, metavar=""),
        click.Option(["--set", "sets"], multiple=True, required=True, metavar="FILE...", help="Evaluation sets."),
        VECTORS,
        EXPONENT,
        CONTEXT,
        KEY,
        click.Option(
            ["--restrict-vocabulary"],
            type=int,
            help="Ask and answer analogies with this many words only, the most frequent.  [default: all]",
        ),
        click.Option(
            ["--analogies"], type=click.Choice(ANALOGIES), default="3CosAdd", show_default=True, help="How asked."
        ),
        JSON,
    ],
)
def evaluate(
    workspace: str,
    more: tuple[str, ...],
    sets: tuple[str, ...],
    vectors: str | None,
    p: float,
    context: str,
    key: str | None,
    restrict_vocabulary: int | None,
    analogies: str,
    as_json: bool,
) -> None:
    """Score vectors on sets of word pairs (Spearman's rho) and of analogies (accuracy).

    A set is a file of lines "word word score", or of "word word word word" with ": section" lines between, as
    word2vec has them. Words that are not in the vocabulary are counted, not guessed.

    \b
        dsgns evaluate wiki.dsgns --set simlex.tsv wordsim.tsv analogies.txt
        dsgns evaluate wiki.dsgns --set analogies.txt --vectors svd --p 0 --restrict-vocabulary 30000
    """
    from dsgns.evaluation.sets import SimilaritySet, read_set

    read = [read_set(path) for path in (*sets, *more)]
    for one in read:
        if isinstance(one, SimilaritySet) and one.note:
            click.echo(one.note, err=True)
    roads = load_roads(workspace, vectors, p, context, key)
    scored = {
        road: [_score(embedding, one, restrict_vocabulary, analogies) for one in read]
        for road, embedding in roads.items()
    }
    if as_json:
        print_json(scored)
        return
    rows = [_row([results[place] for results in scored.values()]) for place in range(len(read))]
    click.echo(table(["set", "score", *scored, "known"], rows, left=2))
    for reason in dict.fromkeys(f"{one['set']}: {one['reason']}." for one in _unscored(scored)):
        click.echo(reason)


def _score(
    vectors: Embedding, one: SimilaritySet | AnalogySet, restrict_vocabulary: int | None, method: str
) -> dict[str, Any]:
    from dsgns.evaluation.analogies import evaluate_analogies
    from dsgns.evaluation.sets import SimilaritySet
    from dsgns.evaluation.similarity import evaluate_similarity

    if isinstance(one, SimilaritySet):
        # A pair is one product, whatever the vocabulary; only answers to analogies are sought among all words.
        return evaluate_similarity(vectors, one).to_dict()
    return evaluate_analogies(vectors, one, method=method, restrict_vocabulary=restrict_vocabulary).to_dict()


def _unscored(scored: dict[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The results without a score, set by set."""
    return (one for results in zip(*scored.values(), strict=True) for one in results if one["reason"])


def _row(results: list[dict[str, Any]]) -> list[str]:
    """A set's name, what its score is, the score by each road, and how much of it the vocabulary knows."""
    first = results[0]
    if first["kind"] == "similarity":
        scores, what, known, all_ = [result["spearman"] for result in results], "rho", first["covered"], first["pairs"]
    else:
        scores, what = [result["accuracy"] for result in results], first["method"]
        known, all_ = first["total"]["asked"], first["total"]["asked"] + first["total"]["missing"]
    return [
        first["set"],
        what,
        *("-" if math.isnan(score) else f"{score:.3f}" for score in scores),
        f"{known} of {all_}",
    ]
