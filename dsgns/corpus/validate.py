"""Which documents hold bytes that are no UTF-8, found before anything is read under ``errors="skip"``.

A document goes or stays as a whole, though it may be spread over pieces and shards, and its bad bytes may be in
the last of them. So a first pass looks at the bytes alone, and the passes that read tokens know the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dsgns.corpus.kernels_documents import LINE_FEED
from dsgns.corpus.kernels_utf8 import INVALID, check_bytes
from dsgns.corpus.readers import MarkedPiece, ReadReport, read_marked
from dsgns.corpus.shards import Shard, Span
from dsgns.corpus.texts import open_text
from dsgns.parameters import CorpusParameters
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, write_packed


class Invalid(NamedTuple):
    """The documents of one shard that hold bad bytes."""

    block: str
    """Name of the block that holds what was found in the shard itself."""
    crossing: tuple[tuple[int, int], ...]
    """Sources and beginnings of documents that may reach into the shard and have bad bytes in another one."""


def find_invalid(
    output: Output, name: str, shard: Shard, parameters: CorpusParameters, decoded: Output | None
) -> Manifest:
    """Write the documents that have bad bytes in this shard.

    Returns
    -------
    Manifest
        Of the block, with arrays ``sources`` and ``documents``, int64. Its facts name those that may reach into
        other shards as ``crossing``.
    """
    found: list[tuple[int, int]] = []
    crossing: list[tuple[int, int]] = []
    for span in shard.spans:
        with open_text(span.place, decoded) as text:
            pieces = read_marked(text, span, parameters, ReadReport())
            bad, last = _bad_documents(pieces, span)
        found += [(span.source, document) for document in bad]
        crossing += [(span.source, document) for document in bad if document < span.start or document == last]
    table = np.array(found, np.int64).reshape(-1, 2)
    arrays = {"sources": table[:, 0], "documents": table[:, 1]}
    return write_packed(output, name, arrays, facts={"crossing": crossing})


def _bad_documents(pieces: Iterator[MarkedPiece], span: Span) -> tuple[list[int], int]:
    """Where the bad documents begin, in order, and where the last document begins."""
    bad: list[int] = []
    document, found = span.document, np.empty(4, np.int64)
    for piece in pieces:
        ends = np.flatnonzero(piece.data[: piece.size] == LINE_FEED) + 1
        if not piece.valid:
            bounds = [0, *ends.tolist(), piece.size]
            for start, stop in pairwise(bounds):
                check_bytes(piece.data[start:], stop - start, found)
                if found[INVALID]:
                    begun = piece.offset + start if start else document
                    bad += [] if bad[-1:] == [begun] else [begun]
        document = piece.offset + int(ends[-1]) if ends.size else document
    return bad, document


def invalid_in(shard: Shard, name: str, manifests: Iterable[Manifest]) -> Invalid:
    """The bad documents of a shard, given the manifests of all shards' blocks and the name of its own."""
    crossing = {tuple(document) for manifest in manifests for document in manifest.facts["crossing"]}
    reaching = sorted(
        (source, begun)
        for source, begun in crossing
        for span in shard.spans
        if span.source == source and span.document <= begun < span.stop
    )
    return Invalid(name, tuple(reaching))


def dropped_documents(output: Output, invalid: Invalid | None) -> Mapping[int, np.ndarray]:
    """The sorted beginnings, int64, of the documents to filter from a shard, by source."""
    if invalid is None:
        return {}
    block = read_packed(output, invalid.block)
    sources = np.concatenate([block["sources"], [source for source, _ in invalid.crossing]]).astype(np.int64)
    documents = np.concatenate([block["documents"], [begun for _, begun in invalid.crossing]]).astype(np.int64)
    return {int(source): np.unique(documents[sources == source]) for source in np.unique(sources)}
