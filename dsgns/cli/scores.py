"""Scores as tables: a row for each set and measure, a column for each representation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dsgns.display.figures import markdown, table

if TYPE_CHECKING:
    from dsgns.evaluation.scores import Score

LEGEND = (
    "Higher is better. [...]: 95 % of bootstrap resamples; columns whose intervals overlap much may differ by chance.\n"
    "of all: unknown words count, as a cosine of 0 or as a wrong answer. "
    "known: pairs or questions whose words are all in the vocabulary."
)

Scored = Mapping[str, Sequence["Score"]]


def score_table(scored: Scored, sections: bool, as_markdown: bool) -> str:
    """All scores by set and measure; with ``sections`` also those of each section of analogies.

    Parameters
    ----------
    scored
        By the name of the representation: scores on the same sets.
    """
    lines = [line for scores in zip(*scored.values(), strict=True) for line in _lines(scores, sections)]
    header = ["set", "score", *scored, "known"]
    return markdown(header, lines, left=2) if as_markdown else table(header, lines, left=2)


def _lines(scores: Sequence[Score], sections: bool) -> Iterator[list[str]]:
    """The rows of one set and measure."""
    first, known, all_ = scores[0], [one.known[0] for one in scores], scores[0].known[1]
    yield [first.result.name, first.measure, *map(_with_interval, scores), _of(known, all_)]
    if min(known) < all_ and not any(math.isnan(one.value) for one in scores):
        yield [
            first.result.name,
            f"{first.measure} of all",
            *(_figure(one.result.penalised) for one in scores),
            f"{all_} of {all_}",
        ]
    if sections and first.measure != "rho":
        yield from _sections(scores)


def _sections(scores: Sequence[Score]) -> Iterator[list[str]]:
    results = [one.result.to_dict() for one in scores]
    parts = zip(*([result["semantic"], result["syntactic"], *result["sections"]] for result in results), strict=True)
    for columns in parts:
        all_ = columns[0]["asked"] + columns[0]["missing"]
        if all_:
            figures = [_figure(column["accuracy"]) for column in columns]
            known = [column["asked"] for column in columns]
            yield [f"  {columns[0]['name']}", scores[0].measure, *figures, _of(known, all_)]


def _of(known: Sequence[int], all_: int) -> str:
    """How many are known: one number where all representations know as many, else one for each, in their order."""
    return f"{known[0] if len(set(known)) == 1 else ', '.join(map(str, known))} of {all_}"


def _with_interval(score: Score) -> str:
    low, high = score.interval
    return _figure(score.value) + ("" if math.isnan(low) or math.isnan(score.value) else f" [{low:.3f}, {high:.3f}]")


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
