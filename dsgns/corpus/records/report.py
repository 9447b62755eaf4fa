"""What became of the records of a corpus, and how one that cannot be used is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dsgns.errors import CorpusError

LONGEST_RECORD = 8 << 20
"""Bytes in one record, at most."""


@dataclass
class RecordReport:
    """What became of records: ``records`` is the sum of the numbers that follow it.

    Parameters
    ----------
    kept
        Those that are documents.
    empty
        Those whose text is empty or null.
    field_missing, no_string
        Those without the field or column, and those in which it is something else than a string.
    broken
        Those that cannot be read: a line that is no JSON, or is too long.
    first
        Where the first was of those missing the field, no string or broken, and what was wrong.
    """

    records: int = 0
    kept: int = 0
    empty: int = 0
    field_missing: int = 0
    no_string: int = 0
    broken: int = 0
    first: str | None = None

    def count(self, became: str, number: int = 1) -> None:
        """Count some records."""
        self.records += number
        setattr(self, became, getattr(self, became) + number)

    def leave_out(self, became: str, where: str, why: str) -> None:
        """Count a record that cannot be used."""
        self.count(became)
        self.first = self.first or f"{where}: {why}"


def total_records(reports: Iterable[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    """Several reports, as dictionaries in the order of the text, added up to one; None where there is none."""
    given = [report for report in reports if report]
    if not given:
        return None
    total = {name: sum(report[name] for report in given) for name in asdict(RecordReport()) if name != "first"}
    return {**total, "first": next((report["first"] for report in given if report["first"]), None)}


def refusal(where: str, why: str) -> CorpusError:
    """That a record cannot be used, under ``errors="strict"``."""
    return CorpusError(
        f"{where}: {why}. Repair it, or give --errors replace or skip: such records are left out then, and counted."
    )
