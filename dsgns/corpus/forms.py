"""What text is made from besides text itself: how each form is cut into parts and read, and what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from typing import Any, BinaryIO

from dsgns.corpus.decoding import decode_source
from dsgns.corpus.records.cuts import split_lines
from dsgns.corpus.records.json_lines import JsonLines
from dsgns.corpus.records.report import RecordReport, total_records
from dsgns.corpus.records.separated import SeparatedValues
from dsgns.corpus.records.tables import number_of_rows, read_table, split_table
from dsgns.corpus.skipping import skips
from dsgns.corpus.sources import Source, find_sources, open_source
from dsgns.corpus.wiki.dump import PageReport, read_dump, total_pages
from dsgns.corpus.wiki.parts import split_dump
from dsgns.corpus.wiki.wikitext import Scanner
from dsgns.errors import CorpusError
from dsgns.parameters import CorpusParameters

_LOOKED_AT = 64
"""Pieces of text in which some record should have the field that is asked for."""


@dataclass
class Account:
    """What became of everything that text was made from."""

    pages: PageReport = field(default_factory=PageReport)
    records: RecordReport = field(default_factory=RecordReport)

    def facts(self) -> dict[str, Any]:
        """``pages`` of dumps and ``records``; None where there are none."""
        return {
            "pages": asdict(self.pages) if self.pages.pages else None,
            "records": asdict(self.records) if self.records.records else None,
        }

    def row(self, kind: str) -> list[int]:
        """The numbers alone, of ``pages`` or ``records``, in the order of :data:`PAGES` or :data:`RECORDS`."""
        return [number for number in asdict(getattr(self, kind)).values() if isinstance(number, int)]


PAGES, RECORDS = (
    tuple(field.name for field in fields(report) if field.type == "int") for report in (PageReport, RecordReport)
)
"""What a row tells of pages and of records: the first number is the sum of the others."""

FORMS = {"pages": PAGES, "records": RECORDS}


def total_account(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The ``pages`` and ``records`` of several accounts, in the order of the text, added up."""
    return {
        "pages": total_pages(fact.get("pages") for fact in facts),
        "records": total_records(fact.get("records") for fact in facts),
    }


def find_text(inputs: Sequence[str], parameters: CorpusParameters) -> list[Source]:
    """The sources of some inputs, as :func:`~dsgns.corpus.sources.find_sources` has them, the first records looked at.

    Raises
    ------
    CorpusError
        Also if no record of the first file of its form can be used, where that is short enough to look at all of it.
    """
    sources = find_sources(inputs, parameters.input_format)
    for form in {source.form for source in sources} - {"", "export"}:
        first = next((source for source in sources if source.form == form and source.size), None)
        if first is not None:
            _look_into(first, parameters)
    return sources


def split_sources(sources: Iterable[Source], parameters: CorpusParameters | None = None) -> list[Source]:
    """The same sources, those in parts that can be read side by side.

    Parameters
    ----------
    parameters
        Which may say that what cannot be read is skipped: then what cannot be cut either stays whole.
    """
    found: list[Source] = []
    for source in sources:
        try:
            found += _split(source)
        except CorpusError as error:
            if parameters is None or not skips(error, parameters):
                raise
            found.append(source)
    return found


def _split(source: Source) -> list[Source]:
    match source.form:
        case "export":
            return split_dump(source)
        case "json":
            return split_lines(source)
        case "parquet" | "arrow":
            return split_table(source)
    return [source]


def text_of(file: BinaryIO, source: Source, parameters: CorpusParameters, account: Account) -> Iterator[bytes]:
    """The text of an open source that is not plain, in pieces; what became of its pages or records is added up."""
    if source.form == "export":
        return read_dump(file, source, parameters, account.pages)
    pieces = decode_source(file, source.url, source.compression, source.start, source.size)
    match source.form:
        case "":
            return pieces
        case "json":
            return JsonLines(source.url, source.start, parameters, account.records).read(pieces)
        case "csv" | "tsv":
            return SeparatedValues(source.url, source.form, parameters, account.records).read(pieces)
    return read_table(file, source, parameters, account.records, pieces)


def bytes_taken(file: BinaryIO, source: Source, account: Account) -> int:
    """How many bytes of an open source stand for what was read of it so far."""
    if source.form == "parquet" and not source.compression:
        # Where its columns lie, the file stands anywhere.
        return round(source.size * account.records.records / max(number_of_rows(file, source), 1))
    return file.tell()


def compile_readers(forms: Collection[str]) -> None:
    """Compile what reads sources of these forms, here and now."""
    if "export" in forms:
        Scanner().plain(b"")
    if not {"csv", "tsv"}.isdisjoint(forms):
        list(SeparatedValues("", "csv", CorpusParameters(column="1"), RecordReport()).read([b"a\n"]))


def require_records(account: Mapping[str, Any], parameters: CorpusParameters, where: str) -> None:
    """Refuse records of which none is a document.

    Raises
    ------
    CorpusError
        Telling what was wrong with the first.
    """
    records = account["records"]
    number = records["records"] if records else 0
    if records and not records["kept"] and not records.get("misquoted") and records["first"]:
        raise CorpusError(
            f"No text was found in {number} record{'s' * (number > 1)} {where}. {records['first']}. "
            f"--field names the field of JSON lines that holds the text (it is {parameters.field!r} now), --column the "
            f"column of tables ({parameters.column!r} now); --input-format text reads files as plain text, whatever "
            "their names."
        )


def _look_into(source: Source, parameters: CorpusParameters) -> None:
    account = Account()
    with open_source(source.url) as file:
        pieces = text_of(file, source, parameters, account)
        try:
            # Pieces without a record to keep are empty.
            found = any(islice(pieces, _LOOKED_AT)) or next(pieces, None) is not None
        except CorpusError as error:
            if not skips(error, parameters):
                raise
            return  # It is told when it is read.
        if not found:
            # Of a longer file, what was looked at may be metadata, or records of another kind.
            require_records(account.facts(), parameters, "looked at")
