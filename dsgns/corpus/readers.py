"""Spans as pieces of marked text: bytes checked, the ends of documents told apart from other line feeds.

The text passes in pieces of a megabyte that end in white space, so that memory does not depend on the size of
shards or documents, and neither words nor characters are ever broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dsgns import progress
from dsgns.corpus.documents import BYTE_ORDER_MARK
from dsgns.corpus.kernels_documents import LINE_FEED, SPACE, hide_line_feeds, mark_blank_lines
from dsgns.corpus.kernels_utf8 import FIRST_INVALID, FIRST_NUL, INVALID, NULS, after_white_space, check_bytes
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.plan import LONGEST_WORD, PIECE
from dsgns.corpus.shards import Span
from dsgns.corpus.texts import Text, read
from dsgns.errors import CorpusError, EncodingError
from dsgns.parameters import CorpusParameters

SLACK = 96
"""Bytes beyond the end of a piece that kernels may look at."""


class MarkedPiece(NamedTuple):
    """Some text in which a line feed is the end of a document and nothing else is."""

    data: np.ndarray
    """uint8; the text is in the first ``size`` bytes, and may be written over."""
    size: int
    offset: int
    """Of the first byte in its source."""
    valid: bool
    """Whether all of it is UTF-8."""


def read_marked(text: Text, span: Span, parameters: CorpusParameters, ledger: Ledger) -> Iterator[MarkedPiece]:
    """A span's text in marked pieces; each is good until the next one is asked for.

    Parameters
    ----------
    text
        Of the span's source.
    ledger
        Its row of this span is added to.

    Raises
    ------
    CorpusError
        If there is no white space for a very long time.
    EncodingError
        Under ``errors="strict"``, at the first byte that is no UTF-8 or that is NUL.
    """
    inside = span.document < span.start
    state = np.array([inside, not inside], np.uint8)
    buffer = np.empty(PIECE + SLACK, np.uint8)
    at, held, done = span.start, 0, False
    while not done:
        step = min(buffer.size - SLACK - held, span.stop - at - held)
        text.read_into(at + held, buffer[held : held + step])
        held += step
        done = at + held == span.stop
        end = held if done else after_white_space(buffer, held)
        if end or done:
            valid = _check(text, span, buffer, end, at, parameters, ledger)
            size = _mark(buffer, end, span.last and done, parameters.document, state)
            yield MarkedPiece(buffer, size, at, valid)
            progress.advance(end)
            buffer[: held - end] = buffer[end:held]
            at, held = at + end, held - end
        else:
            buffer = _grown(buffer, held, span, at)


def _check(
    text: Text, span: Span, data: np.ndarray, size: int, at: int, parameters: CorpusParameters, ledger: Ledger
) -> bool:
    """Whether ``data`` is UTF-8; what was seen goes to the ledger, and a byte order mark away."""
    if at == 0 and data[: min(size, 3)].tobytes() == BYTE_ORDER_MARK:
        data[:3] = SPACE
    found = np.empty(4, np.int64)
    check_bytes(data, size, found)
    if parameters.errors == "strict" and (found[INVALID] or found[NULS]):
        _refuse(text, span, at, int(found[FIRST_INVALID]), int(found[FIRST_NUL]))
    ledger.count_bytes(data, size, at, int(found[INVALID]), int(found[NULS]))
    return bool(found[INVALID] == 0)


def _refuse(text: Text, span: Span, at: int, invalid: int, nul: int) -> None:
    """Raise for the first of an invalid byte and a NUL, -1 where there is none, of a piece that begins ``at``."""
    is_nul = invalid < 0 or 0 <= nul < invalid
    offset = at + (nul if is_nul else invalid)
    line = 1 + sum(read(text, start, min(start + PIECE, offset)).count(b"\n") for start in range(0, offset, PIECE))
    where = f"{span.place.url}: byte {offset} (in line {line})"
    if is_nul:
        raise EncodingError(f"{where} is NUL. Remove such bytes, or let --errors replace take them for white space.")
    raise EncodingError(
        f"{where} is no UTF-8. Convert the file (`iconv -t UTF-8`), or let --errors replace such bytes or skip the "
        "documents they are in."
    )


def _mark(data: np.ndarray, size: int, ends: bool, kind: str, state: np.ndarray) -> int:
    """Mark the first ``size`` bytes in place; the size with the end of a document that the file's end brings."""
    if kind == "file":
        hide_line_feeds(data, size)
        open_document = True
    elif kind == "blank-line":
        mark_blank_lines(data, size, state)
        open_document = bool(state[0])
    else:
        open_document = size > 0 and data[size - 1] != LINE_FEED
    if ends and open_document:
        data[size] = LINE_FEED
        size += 1
    return size


def _grown(buffer: np.ndarray, held: int, span: Span, at: int) -> np.ndarray:
    if held >= LONGEST_WORD:
        raise CorpusError(
            f"{span.place.url}: there is no white space within {held} bytes from byte {at} on. Is it text? Words are "
            "told apart by white space: leave the file out, or put spaces between its words."
        )
    grown = np.empty(2 * (buffer.size - SLACK) + SLACK, np.uint8)
    grown[:held] = buffer[:held]
    return grown
