"""Where documents begin and end in a stream of bytes, seen through small windows.

Every position that dsgns cuts text at is one of two kinds. A *fresh* cut lies just past the byte that ends a
document: nothing is open there. An *inner* cut lies in front of the white space that follows a word, inside
a document that began earlier. Either way a reader knows all it has to know of what came before.

A document ends at a line feed (``line``), at the line feed of the first blank line after some text
(``blank-line``), or only at the end of its file (``file``). It begins right after the end of the one before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from dsgns.corpus import texts
from dsgns.corpus.kernels_documents import last_blank_line
from dsgns.corpus.texts import Text

_BLANK_LINE = re.compile(rb"[^\x00-\x20][\x00-\x09\x0b-\x20]*\n[\x00-\x09\x0b-\x20]*\n")
WORD_END = re.compile(rb"[^\x00-\x20](?=[\x00-\x20])")
"""The last byte of a word, with white space after it."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""At the beginning of a source this is white space."""

_STEP = 1 << 20


@dataclass(frozen=True)
class Cut:
    """A place between two bytes where a stream is cut.

    Parameters
    ----------
    offset
        Of the first byte after the cut.
    document
        Where the document that this byte is in began; equal to ``offset`` at a fresh cut.
    """

    offset: int
    document: int


START = Cut(0, 0)


def find_cut(text: Text, kind: str, target: int, previous: Cut, window: int, part: int) -> Cut | None:
    """The first good place to cut at or after ``target``; None when there is none before the end.

    Only ``window`` bytes are read where a document ends within them. Within a longer document the text back
    to its beginning is read, at most back to ``previous``.

    Parameters
    ----------
    kind
        ``line``, ``blank-line`` or ``file``.
    target
        Offset in bytes, after that of ``previous``.
    previous
        The cut before this one.
    part
        Inner cuts lie at the first word end beyond a multiple of this many bytes from the beginning of the
        document; 1 for anywhere.
    """
    end = _first_end(kind, _read(text, target, min(target + window, text.size)))
    if end:
        return _cut(text, target + end, target + end)
    wanted = target
    if part > 1:
        document = _document_at(text, kind, target, previous)
        if document == target:
            return _cut(text, target, target)
        wanted = document - (document - target) // part * part
    offset = word_end(text, wanted)
    if offset is None:
        offset = text.size
    document = _document_at(text, kind, offset, previous)
    # The document that was open at the target may have ended before the place that was wanted.
    return _cut(text, document if document > target else offset, document)


def _cut(text: Text, offset: int, document: int) -> Cut | None:
    return Cut(offset, document) if offset < text.size else None


def _read(text: Text, start: int, stop: int) -> bytes:
    """The bytes from ``start`` to ``stop``; a byte order mark is white space, as readers have it."""
    data, length = texts.read(text, start, stop), len(BYTE_ORDER_MARK)
    if start < length <= text.size and texts.read(text, 0, length) == BYTE_ORDER_MARK:
        return data[length - start :].rjust(len(data))
    return data


def word_end(text: Text, start: int) -> int | None:
    """Offset of the first white space at or after ``start`` that follows a word; None when there is none."""
    # A word may end just before the start, and at the seam of two steps: one byte is looked at twice.
    for begin in range(max(start - 1, 0), text.size, _STEP):
        match = WORD_END.search(_read(text, begin, min(begin + _STEP + 1, text.size)))
        if match:
            return begin + match.end()
    return None


def _first_end(kind: str, window: bytes) -> int:
    """Position after the first end of a document in a window, 0 when there is none."""
    match kind:
        case "line":
            return window.find(b"\n") + 1
        case "blank-line":
            found = _BLANK_LINE.search(window)
            return found.end() if found else 0
    return 0


def _document_at(text: Text, kind: str, offset: int, previous: Cut) -> int:
    """Where the document began that the byte in front of ``offset`` is in, or that begins at ``offset``."""
    match kind:
        case "line":
            for stop in range(offset, previous.offset, -_STEP):
                start = max(stop - _STEP, previous.offset)
                end = _read(text, start, stop).rfind(b"\n") + 1
                if end:
                    return start + end
        case "blank-line":
            return _paragraph_at(text, offset, previous)
    return previous.document


def _paragraph_at(text: Text, offset: int, previous: Cut) -> int:
    # Whether a blank line ends a document depends on what is before it, however far: so forwards.
    inside = previous.document < previous.offset
    state = np.array([inside, not inside], np.uint8)
    document = previous.document
    for start in range(previous.offset, offset, _STEP):
        window = np.frombuffer(_read(text, start, min(start + _STEP, offset)), np.uint8)
        end = last_blank_line(window, window.size, state)
        document = start + end if end else document
    return document
