"""What became of the records of a corpus, and how one that cannot be used is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dsgns.errors import CorpusError, RecordError

LONGEST_RECORD = 8 << 20
"""Bytes in one record, at most."""

_SHOWN = 12
_LETTERS = 40


@dataclass
class RecordReport:
    """What became of records: ``records`` is the sum of the numbers that follow it.

    Parameters
    ----------
    kept
        Those that are documents, and nothing is wrong with them.
    empty
        Those whose text is empty or null.
    field_missing, no_string
        Those without the field or the column, and those in which it is something else than a string.
    broken
        Those that cannot be read: a line that is no JSON, or is too long.
    misquoted
        Rows of separated values that are documents, though a quote in them closes amid a field.
    first
        Where the first was of those missing the field, no string, broken or misquoted, and what was wrong.
    """

    records: int = 0
    kept: int = 0
    empty: int = 0
    field_missing: int = 0
    no_string: int = 0
    broken: int = 0
    misquoted: int = 0
    first: str | None = None

    def count(self, became: str, number: int = 1) -> None:
        """Count some records."""
        self.records += number
        setattr(self, became, getattr(self, became) + number)

    def leave_out(self, became: str, where: str, why: str) -> None:
        """Count a record that is not as it should be."""
        self.count(became)
        self.first = self.first or f"{where}: {why}"


def total_records(reports: Iterable[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """Several reports, as dictionaries in the order of the text, added up to one; None where there is none."""
    given = [report for report in reports if report]
    if not given:
        return None
    total = {name: sum(report.get(name, 0) for report in given) for name in asdict(RecordReport()) if name != "first"}
    return {**total, "first": next((report["first"] for report in given if report["first"]), None)}


def refusal(where: str, why: str, then: str = "left out then, and counted") -> RecordError:
    """That a record cannot be used, under ``errors="strict"``; and what becomes of such records otherwise."""
    return RecordError(f"{where}: {why}. Repair it, or give --errors replace or skip: such records are {then}.")


def place_of(url: str, wanted: str, names: Sequence[str]) -> int:
    """The place, from 0, of the column that is asked for: by its name, else by its number, from 1.

    Raises
    ------
    CorpusError
        If there is none, or several have the name.

    Examples
    --------
    >>> place_of("a.csv", "text", ["id", "text"]), place_of("a.csv", "1", ["id", "text"])
    (1, 0)
    """
    if wanted not in names and wanted.isdecimal() and 0 < int(wanted) <= len(names):
        return int(wanted) - 1
    number = names.count(wanted)
    if number == 1:
        return names.index(wanted)
    has = f"has {number} columns {wanted!r}" if number else f"has no column {wanted!r}"
    raise CorpusError(
        f"{url} {has}; it has {listed(names)}. Name the one that holds the text with --column, or give its number, "
        "from 1."
    )


def listed(names: Sequence[str]) -> str:
    """Names of fields or columns as a person is told them: some, and of long ones the beginning.

    Examples
    --------
    >>> listed(["id", "title"]), listed([])
    ('id, title', 'none')
    """
    cut = [name if len(name) <= _LETTERS else f"{name[:_LETTERS]}..." for name in names[:_SHOWN]]
    return (", ".join(cut) or "none") + ", ..." * (len(names) > _SHOWN)
