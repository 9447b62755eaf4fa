"""Comma- and tab-separated values as text: a document for each row, taken from one column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np

from dsgns.corpus.documents import BYTE_ORDER_MARK
from dsgns.corpus.records import kernels_separated as kernels
from dsgns.corpus.records.kernels_separated import take_column
from dsgns.corpus.records.report import RecordReport, place_of, refusal
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import CorpusParameters

DELIMITERS = {"csv": ",", "tsv": "\t"}
_PIECE = 256 << 10
# No field of it is longer than what the csv module takes.
_HEAD = 128 << 10


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
        self._column = -1

    def read(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The text of bytes in any pieces; each row's is a line, the ends of its own lines written as vertical tabs.

        Raises
        ------
        CorpusError
            If there is no such column; under ``errors="strict"``, at a row without it.
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
        head = b""
        for piece in pieces:
            head += piece
            if len(head) >= _HEAD:
                break
        if head:
            head = head.removeprefix(BYTE_ORDER_MARK)
            names = self._names(head[:_HEAD].decode("utf-8", "replace"))
            self._column = place_of(self._url, self._wanted, names)
            self._state[kernels.SKIPPED] = self._wanted in names
            yield head
            yield from pieces

    def _names(self, head: str) -> list[str]:
        """What is in the first row."""
        if "\r" in head and "\n" not in head:
            raise CorpusError(
                f"{self._url}: its rows end in carriage returns alone, as on old Macintoshes. Write line feeds instead "
                "(`tr '\\r' '\\n'`), or leave the file out."
            )
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=self._delimiter)
        return next(filter(None, rows), [])

    def _taken(self, piece: bytes) -> bytes:
        state = self._state
        before = state[kernels.KEPT :].copy()
        out = np.empty((1 + self._ends) * (len(piece) + 1), np.uint8)
        data = np.frombuffer(piece, np.uint8)
        delimiter = np.uint8(ord(self._delimiter))
        size = take_column(data, data.size, delimiter, self._column, self._ends, state, out)
        kept, empty, missing, _ = (state[kernels.KEPT :] - before).tolist()
        self._report.count("kept", kept)
        self._report.count("empty", empty)
        if missing:
            where, why = f"{self._url}, line {state[kernels.FIRST]}", f"its row has no column {self._column + 1}"
            if self._strict:
                raise refusal(where, why)
            self._report.leave_out("field_missing", where, why)
            self._report.count("field_missing", missing - 1)
        return out[:size].tobytes()
