"""Which documents hold bytes that are no UTF-8, found before anything is read under ``errors="skip"``.

A document goes or stays as a whole, though it may be spread over pieces and shards, and its bad bytes may be in
the last of them. So a first pass looks at the bytes alone, and the passes that read tokens know the outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from dsgns.corpus.kernels_utf8 import bad_documents
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.readers import MarkedPiece, read_marked
from dsgns.corpus.shards import Shard, Span
from dsgns.corpus.texts import open_text
from dsgns.parameters import CorpusParameters
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, write_packed

Crossing = Collection[tuple[int, int]]
"""Sources and beginnings of documents that may reach from one shard into others."""


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
        Of the block, with arrays ``sources`` int32 and ``documents`` int64. Its facts name those that may reach
        into other shards as ``crossing``.
    """
    sources: list[np.ndarray] = []
    documents: list[np.ndarray] = []
    crossing: list[tuple[int, int]] = []
    for span in shard.spans:
        with open_text(span.place, decoded) as text:
            bad, last = _bad_documents(read_marked(text, span, parameters, Ledger([span.source])), span)
        sources.append(np.full(bad.size, span.source, np.int32))
        documents.append(bad)
        reaching = bad[(bad < span.start) | (bad == last)]
        crossing += [(span.source, document) for document in reaching.tolist()]
    arrays = {"sources": np.concatenate(sources), "documents": np.concatenate(documents)}
    return write_packed(output, name, arrays, facts={"crossing": crossing})


def _bad_documents(pieces: Iterator[MarkedPiece], span: Span) -> tuple[np.ndarray, int]:
    """Where the bad documents begin, int64, in order; and where the last document begins."""
    found, document = [np.empty(0, np.int64)], span.document
    for piece in pieces:
        bad = np.empty(0 if piece.valid else piece.size, np.int64)
        number, document = bad_documents(piece.data, piece.size, piece.offset, document, bad)
        found.append(bad[:number].copy())
    # A document that goes on over several pieces is found in each.
    return np.unique(np.concatenate(found)), document


def crossing_of(blocks: Iterable[Manifest]) -> set[tuple[int, int]]:
    """The bad documents that may reach from some shards into others, given the manifests of their blocks."""
    return {(source, document) for block in blocks for source, document in block.facts["crossing"]}


def invalid_in(shard: Shard, name: str, crossing: Crossing) -> Invalid:
    """The bad documents of a shard, given those that may reach from any into others and the name of its own block."""
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
    elsewhere = np.array(invalid.crossing, np.int64).reshape(-1, 2)
    sources = np.concatenate([block["sources"], elsewhere[:, 0].astype(np.int32)])
    documents = np.concatenate([block["documents"], elsewhere[:, 1]])
    return {int(source): np.unique(documents[sources == source]) for source in np.unique(sources)}
