"""Long documents in parts that depend on nothing but the document, for what looks at words that follow one another.

A shard may begin in the middle of a document, and what came before it is not known there. Shards that are cut on this
grid alone begin where a part does, and no part need know another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dsgns.corpus.documents import WORD_END
from dsgns.corpus.kernels_documents import LINE_FEED
from dsgns.corpus.readers import MarkedPiece
from dsgns.corpus.shards import PART, Span

BREAK = 0x1C
"""The byte that says that a part ends; to whoever does not ask it is white space like any other."""


class Stretch(NamedTuple):
    """Some marked text."""

    piece: MarkedPiece
    ends_part: bool
    """Whether its document goes on in another part."""


def whole(pieces: Iterator[MarkedPiece]) -> Iterator[Stretch]:
    """The pieces as they are, where nobody asks for parts."""
    for piece in pieces:
        yield Stretch(piece, False)


def in_parts(pieces: Iterator[MarkedPiece], span: Span) -> Iterator[Stretch]:
    """Pieces cut at the ends of parts: at the first word end beyond each multiple of ``PART`` bytes of a document."""
    document, cut = span.document, span.start
    for piece in pieces:
        feeds = piece.offset + np.flatnonzero(piece.data[: piece.size] == LINE_FEED)
        begins, stops = np.append(document, feeds + 1), np.append(feeds, piece.offset + piece.size)
        cuts = begins.copy()
        cuts[0] = max(cut, document)
        start = 0
        for number in np.flatnonzero((stops - begins) // PART > (cuts - begins) // PART).tolist():
            for end in _part_ends(piece, int(begins[number]), int(cuts[number]), int(stops[number])):
                yield Stretch(_cut(piece, start, end - piece.offset), True)
                start, cuts[number] = end - piece.offset, end
        yield Stretch(_cut(piece, start, piece.size), False)
        document, cut = int(begins[-1]), int(cuts[-1])


def _part_ends(piece: MarkedPiece, document: int, cut: int, stop: int) -> Iterator[int]:
    """Where parts of a document end within a piece, after the place where the last one did."""
    text = piece.data[: min(stop + 1 - piece.offset, piece.size)].tobytes()
    while (wanted := document + ((cut - document) // PART + 1) * PART) < stop:
        found = WORD_END.search(text, max(wanted - 1 - piece.offset, 0))
        if found is None:
            return
        cut = piece.offset + found.end()
        yield cut


def _cut(piece: MarkedPiece, start: int, stop: int) -> MarkedPiece:
    if (start, stop) == (0, piece.size):
        return piece
    # A copy: what follows the end counts as white space, and may be written over.
    return piece._replace(data=piece.data[start:].copy(), size=stop - start, offset=piece.offset + start)
