"""JSON lines as text: a document for each record, taken from one field.

Lines pass through a decoder by the quarter megabyte, so that they and their texts stay in a core's own cache: with a
megabyte it took twice as long. Where one of them is not as it should be, they are looked at one by one.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec

from dsgns.corpus.documents import BYTE_ORDER_MARK
from dsgns.corpus.records.report import LONGEST_RECORD, RecordReport, listed, refusal
from dsgns.errors import CorpusError, EncodingError
from dsgns.parameters import CorpusParameters

_STEP = 256 << 10
# Python's own reader takes what others write though the standard has it not: control characters, NaN, lone surrogates.
_LENIENT = json.JSONDecoder(strict=False)
_OTHER_LAYOUTS = (
    (re.compile(rb"\s*\["), "an array begins there; `jq -c '.[]'` writes its elements a line each"),
    (re.compile(rb"\s*\{\s*$"), "it goes on over several lines; `jq -c .` writes each record in one"),
)


class _Unusable(NamedTuple):
    """Why a line gives no text."""

    became: str
    why: str


class JsonLines:
    """Reads the text of JSON lines.

    Parameters
    ----------
    url
        Of their source.
    start
        Where in it they begin.
    parameters
        Which field is the text, and what to do with lines that have none.
    report
        Added to.
    """

    def __init__(self, url: str, start: int, parameters: CorpusParameters, report: RecordReport) -> None:
        self._url, self._start, self._line = url, start, 0
        self._field, self._path = parameters.field, tuple(parameters.field.split("."))
        self._strict, self._report = parameters.errors == "strict", report
        self._end = "\n\n" if parameters.document == "blank-line" else "\n"
        self._decoder = _decoder(self._path)

    def read(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The text of bytes in any pieces; each record is a line, the ends of its own lines written as vertical tabs.

        Raises
        ------
        CorpusError
            Under ``errors="strict"``, at a record that cannot be used.
        EncodingError
            Under ``errors="strict"``, at a text with bytes that are no UTF-8, or with a NUL.
        """
        for lines in whole_lines(pieces):
            if lines is None:
                self._leave_out(_Unusable("broken", f"it is longer than {LONGEST_RECORD >> 20} MiB"))
                self._line += 1
                yield b""
                continue
            if self._start == self._line == 0:
                lines = lines.removeprefix(BYTE_ORDER_MARK)
            number = lines.count(b"\n") + (not lines.endswith(b"\n"))
            texts = self._at_once(lines, number)
            if texts is None:
                yield self._joined(list(self._one_by_one(lines)))
            else:
                self._line += number
                yield self._joined(texts)

    def _at_once(self, lines: bytes, number: int) -> list[str] | None:
        """The text of each line; None where they have to be looked at one by one."""
        try:
            found: list[Any] = self._decoder.decode_lines(lines)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        for _ in self._path:
            found = [record.value if record else msgspec.UNSET for record in found]
        texts = [text for text in found if text]
        if len(found) != number or (len(texts) < number and msgspec.UNSET in found):
            return None
        if self._strict and any("\0" in text for text in texts):
            return None
        self._report.count("kept", len(texts))
        self._report.count("empty", number - len(texts))
        return texts

    def _one_by_one(self, lines: bytes) -> Iterator[str]:
        for line in lines.removesuffix(b"\n").split(b"\n"):
            if line.strip():
                text = self._text(line)
                if isinstance(text, _Unusable):
                    self._leave_out(text)
                elif text:
                    self._require_sound(text)
                    self._report.count("kept")
                    yield text
                else:
                    self._report.count("empty")
            self._line += 1

    def _text(self, line: bytes) -> str | _Unusable:
        """A record's text, with bytes that are no UTF-8 as lone surrogates."""
        try:
            value: Any = _LENIENT.decode(line.decode("utf-8", "surrogateescape"))
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            return _Unusable(
                "broken", next((why for begin, why in _OTHER_LAYOUTS if begin.match(line)), "it is no JSON object")
            )
        for depth, name in enumerate(self._path):
            if not isinstance(value, dict) or name not in value:
                there = [".".join((*self._path[:depth], each)) for each in value] if isinstance(value, dict) else []
                has = f"; it has {listed(there)}" if there else ""
                return _Unusable("field_missing", f"it has no field {self._field!r}{has}")
            value = value[name]
        if value is None or isinstance(value, str):
            return value or ""
        return _Unusable("no_string", f"its field {self._field!r} is no string")

    def _joined(self, texts: Sequence[str]) -> bytes:
        end = self._end
        text = "".join([text.replace("\n", "\v") + end for text in texts])
        try:
            return text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", _AS_THEY_WERE)

    def _require_sound(self, text: str) -> None:
        """Under ``errors="strict"``, refuse what the readers of text would, while the line is known."""
        if not self._strict:
            return
        try:
            text.encode()
        except UnicodeEncodeError:
            raise EncodingError(
                f"{self._where()}: its text has bytes or an escape that are no UTF-8. Repair it, or let --errors "
                "replace such bytes or skip the documents they are in."
            ) from None
        if "\0" in text:
            raise EncodingError(
                f"{self._where()}: its text holds a NUL. Remove it, or let --errors replace take it for white space."
            )

    def _leave_out(self, unusable: _Unusable) -> None:
        if self._strict:
            raise refusal(self._where(), unusable.why)
        self._report.leave_out(unusable.became, self._where(), unusable.why)

    def _where(self) -> str:
        # How many lines there are before the start, only reading all of them would tell.
        after = f" after byte {self._start}" if self._start else ""
        return f"{self._url}, line {self._line + 1}{after}"


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes | None]:
    """The same bytes in pieces of whole lines; None in place of a line that is too long."""
    held, too_long = bytearray(), False
    try:
        for piece in pieces:
            for start in range(0, len(piece), _STEP):
                held += piece[start : start + _STEP]
                if too_long:
                    first = held.find(b"\n") + 1
                    del held[: first or len(held)]
                    too_long = not first
                elif len(held) >= _STEP and (end := held.rfind(b"\n") + 1):
                    yield bytes(held[:end])
                    del held[:end]
                if len(held) > LONGEST_RECORD:
                    yield None
                    held.clear()
                    too_long = True
    except CorpusError:
        # What breaks off may be read up to there.
        if end := held.rfind(b"\n") + 1:
            yield bytes(held[:end])
        raise
    if held:
        yield bytes(held)


@cache
def _decoder(path: tuple[str, ...]) -> msgspec.json.Decoder:
    """Of records of which only the field at a path is looked at."""
    kind: Any = str
    for name in reversed(path):
        field = msgspec.field(name=name, default=msgspec.UNSET)
        kind = msgspec.defstruct("Record", [("value", kind | None | msgspec.UnsetType, field)], gc=False)
    return msgspec.json.Decoder(kind)


def _as_they_were(error: UnicodeError) -> tuple[bytes, int]:
    """Lone surrogates as the bytes that they came from, and those that were escapes as three bytes."""
    assert isinstance(error, UnicodeEncodeError)
    lone = error.object[error.start : error.end]
    try:
        return lone.encode("utf-8", "surrogateescape"), error.end
    except UnicodeEncodeError:
        one = lone[0].encode("utf-8", "surrogateescape" if "\udc80" <= lone[0] <= "\udcff" else "surrogatepass")
        return one, error.start + 1


_AS_THEY_WERE = "dsgns.as_they_were"
codecs.register_error(_AS_THEY_WERE, _as_they_were)
