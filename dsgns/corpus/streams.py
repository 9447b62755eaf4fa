"""Shards as streams of tokens: what a vocabulary is counted on and what is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dsgns.corpus.custom import DocumentTokenizer
from dsgns.corpus.functions import load_tokenizer
from dsgns.corpus.kernels_documents import USED, Choice, route
from dsgns.corpus.readers import SLACK, MarkedPiece, ReadReport, read_marked
from dsgns.corpus.shards import Shard, Span
from dsgns.corpus.texts import open_text
from dsgns.corpus.tokenizers import Tokenizer, tokenizer_of
from dsgns.parameters import CorpusParameters
from dsgns.store import Output

Stream = tuple[int, np.ndarray, int]
"""A destination (used, held out, filtered), some marked tokens of it as uint8, and their size in bytes."""

NONE_DROPPED: Mapping[int, np.ndarray] = {}
_NOWHERE = np.empty(0, np.int64)


def read_tokens(
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    report: ReadReport,
    dropped: Mapping[int, np.ndarray] = NONE_DROPPED,
) -> Iterator[Stream]:
    """The tokens of a shard, in order within each destination: words and line feeds parted by white space.

    Every line feed is the end of a document. What is yielded is good until the next is asked for.

    Parameters
    ----------
    decoded
        The output that holds the decoded text of compressed sources.
    report
        Added to.
    dropped
        For sources by position, the sorted offsets at which the documents begin that are filtered.
    """
    for span in shard.spans:
        choice = Choice(span.source, threshold(parameters.held_out), dropped.get(span.source, _NOWHERE))
        with open_text(span.place, decoded) as text:
            pieces = read_marked(text, span, parameters, report)
            if parameters.streams:
                yield from _streamed(pieces, span, choice, tokenizer_of(parameters))
            else:
                function = load_tokenizer(parameters.tokenizer)
                yield from DocumentTokenizer(function, parameters.tokenizer, span, choice).read(pieces)


def threshold(held_out: float) -> np.uint64:
    """What the hash of a held-out document is below.

    Examples
    --------
    >>> int(threshold(0.5)) == 2**63
    True
    """
    return np.uint64(int(held_out * 2.0**64))


def _streamed(pieces: Iterator[MarkedPiece], span: Span, choice: Choice, tokenizer: Tokenizer) -> Iterator[Stream]:
    one_way = choice.threshold == 0 and choice.dropped.size == 0
    streams = np.empty((3, 0), np.uint8)
    document = span.document
    for piece in pieces:
        if one_way:
            yield USED, *tokenizer(piece.data, piece.size, piece.valid)
            continue
        if piece.data.size > streams.shape[1]:
            streams = np.empty((3, piece.data.size + SLACK), np.uint8)
        *sizes, document = route(piece.data, piece.size, piece.offset, document, choice, streams)
        for goes, size in enumerate(sizes):
            if size:
                yield goes, *tokenizer(streams[goes], size, piece.valid)
