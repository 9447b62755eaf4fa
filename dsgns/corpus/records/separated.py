"""Comma- and tab-separated values as text: a document for each row, taken from one column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from threading import Lock

import numpy as np

from dsgns.corpus.documents import BYTE_ORDER_MARK
from dsgns.corpus.records import kernels_separated as kernels
from dsgns.corpus.records.kernels_separated import take_column
from dsgns.corpus.records.report import LONGEST_RECORD, RecordReport, place_of, refusal
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import CorpusParameters

DELIMITERS = {"csv": ",", "tsv": "\t"}
_PIECE = 256 << 10
_HEAD = 128 << 10
# The longest field is one for all threads of a process.
_LIMIT = Lock()


class SeparatedValues:
    """Reads the text of separated values.

    Parameters
    ----------
    url
        Of their source.
    form
        ``csv`` or ``tsv``.
    parameters
        Which column is the text: a name in the first row, else a number from 1, and then the first row is text as well.
    report
        Added to.
    """

    def __init__(self, url: str, form: str, parameters: CorpusParameters, report: RecordReport) -> None:
        self._url, self._delimiter = url, DELIMITERS[form]
        self._wanted, self._strict, self._report = parameters.column, parameters.errors == "strict", report
        self._ends = 2 if parameters.document == "blank-line" else 1
        self._state = np.zeros(kernels.STATES, np.int64)
        self._column, self._quoted = -1, 0

    def read(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The text of bytes in any pieces; each row's is a line, the ends of its own lines written as vertical tabs.

        Raises
        ------
        CorpusError
            If there is no such column, or a quote is not closed for very long; under ``errors="strict"``, at a row
            without the column.
        TruncatedSourceError
            If the text ends between quotes.
        """
        for piece in self._after_head(iter(pieces)):
            for start in range(0, len(piece), _PIECE):
                yield self._taken(piece[start : start + _PIECE])
        if self._state[kernels.MODE] == kernels.QUOTED:
            raise TruncatedSourceError(
                f"{self._url} ends within the quoted field that opens in line {self._state[kernels.OPENED] + 1}. A "
                "quote is missing, or the file was not copied whole: fetch it again, or leave it out."
            )
        yield self._taken(b"\n")

    def _after_head(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The same bytes, from whose beginning it is known which column to take."""
        head, names, enough = bytearray(), list[str](), _HEAD
        for piece in pieces:
            head += piece
            if len(head) >= enough:
                names, whole = self._names(head)
                if whole or len(head) > LONGEST_RECORD:
                    break
                enough = 2 * len(head)
        else:
            names, _ = self._names(head)
        if head:
            head = head.removeprefix(BYTE_ORDER_MARK)
            self._column = place_of(self._url, self._wanted, names)
            self._state[kernels.SKIPPED] = self._wanted in names
            yield bytes(head)
            yield from pieces

    def _names(self, beginning: bytes | bytearray) -> tuple[list[str], bool]:
        """What is in the first row, and whether it surely ends there."""
        head = beginning.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace")
        if "\r" in head and "\n" not in head:
            raise CorpusError(
                f"{self._url}: its rows end in carriage returns alone, as on old Macintoshes. Write line feeds instead "
                "(`tr '\\r' '\\n'`), or leave the file out."
            )
        lines = io.StringIO(head, newline="\n")
        try:
            with _LIMIT:
                most = csv.field_size_limit(len(head))
                try:
                    names = next(filter(None, csv.reader(lines, delimiter=self._delimiter)), [])
                finally:
                    csv.field_size_limit(most)
        except csv.Error as error:
            # Elsewhere it belongs to its field. Here it may be the end of a row that others see in the file.
            raise CorpusError(
                f"{self._url}: its first row has a carriage return without a line feed after it. Put the field in "
                "quotes, or write line feeds."
            ) from error
        return names, lines.tell() < len(head)

    def _require_closed(self, opened: int, size: int) -> None:
        """Refuse a quote that takes all that follows into its field; ``size`` bytes were read since ``opened``."""
        quoted = self._state[kernels.MODE] == kernels.QUOTED and self._state[kernels.OPENED] == opened
        self._quoted = self._quoted + size if quoted else 0
        if self._quoted > LONGEST_RECORD:
            raise CorpusError(
                f"{self._url}: the quoted field that opens in line {opened + 1} is longer than "
                f"{LONGEST_RECORD >> 20} MiB. A quote is missing, or one at the beginning of a field was meant as a "
                "letter: put that field in quotes and double those within, or leave the file out."
            )

    def _taken(self, piece: bytes) -> bytes:
        state = self._state
        before, opened = state[kernels.KEPT : kernels.FIRST_MISSING].copy(), int(state[kernels.OPENED])
        out = np.empty((1 + self._ends) * (len(piece) + 1), np.uint8)
        data = np.frombuffer(piece, np.uint8)
        delimiter = np.uint8(ord(self._delimiter))
        size = take_column(data, data.size, delimiter, self._column, self._ends, state, out)
        self._require_closed(opened, len(piece))
        kept, empty, missing, misquoted = (state[kernels.KEPT : kernels.FIRST_MISSING] - before).tolist()
        self._report.count("kept", kept)
        self._report.count("empty", empty)
        why = f"its row has no column {self._column + 1}"
        self._tell("field_missing", missing, state[kernels.FIRST_MISSING], why)
        why = "the quote that opens there closes amid a field, and may have taken other rows into it"
        self._tell("misquoted", misquoted, state[kernels.FIRST_MISQUOTED], why)
        return out[:size].tobytes()

    def _tell(self, became: str, number: int, line: int, why: str) -> None:
        """Count some rows that are not as they should be, the first of the file in this line; or refuse them."""
        if number:
            where = f"{self._url}, line {line}"
            if self._strict:
                kept = ["counted then, and kept"] if became == "misquoted" else []
                raise refusal(where, why, *kept)
            self._report.leave_out(became, where, why)
            self._report.count(became, number - 1)
