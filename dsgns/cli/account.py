"""Where every token of a text went, and what was met on the way: as ``dsgns status`` and the explorer tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsgns.cli.figures import count
from dsgns.cli.summary import pages_line, records_line, repairs_line

_PLACES = (
    ("used", "used"),
    ("out_of_vocabulary", "out of vocabulary"),
    ("filtered", "filtered"),
    ("held_out", "held out"),
)

_RULES = {
    "vocabulary": "--vocabulary",
    "min_count": "--min-count",
    "max_vocabulary": "--max-vocabulary",
    "stop": "--stop",
}


def account_rows(known: Mapping[str, Any]) -> list[list[str]]:
    """What was read and what became of it: words, indented below what they are part of, a number, and its share.

    Parameters
    ----------
    known
        What :func:`dsgns.status.status` says.
    """
    tokens, left_out = known["conservation"], known["left_out"]
    if not tokens:
        return []
    numbers = {"read": tokens["tokens_read"]}
    for name, words in _PLACES:
        numbers[f"  {words}"] = tokens[name]
        if name == "out_of_vocabulary" and left_out and len(left_out) > 1:
            numbers |= {f"    by {_RULES[rule]}": number for rule, number in left_out.items()}
    read = max(tokens["tokens_read"], 1)
    return [[words, count(number), f"{100 * number / read:.1f} %"] for words, number in numbers.items()]


def account_lines(known: Mapping[str, Any]) -> list[str]:
    """What else there is to say of the text: repairs, pages of dumps, records."""
    if not known["conservation"]:
        return []
    told = {
        "in the text": repairs_line(known["repairs"]),
        "of the dumps": pages_line(known["pages"]),
        "of the records": records_line(known["records"]),
    }
    return [f"{where}: {line}" for where, line in told.items() if line]
