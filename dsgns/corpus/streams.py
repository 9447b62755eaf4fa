"""Shards as streams of tokens: what a vocabulary is counted on and what is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dsgns.corpus.custom import DocumentTokenizer
from dsgns.corpus.functions import load_tokenizer
from dsgns.corpus.grid import BREAK, Stretch, in_parts, whole
from dsgns.corpus.kernels_documents import USED, Choice, destination, route
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.readers import SLACK, read_marked
from dsgns.corpus.sentences import end_sentences
from dsgns.corpus.shards import Shard, Span
from dsgns.corpus.texts import open_text
from dsgns.corpus.tokenizers import tokenizer_of
from dsgns.parameters import CorpusParameters
from dsgns.store import Output

Stream = tuple[int, np.ndarray, int]
"""A destination (used, held out, filtered), some marked tokens of it as uint8, and their size in bytes."""

NONE_DROPPED: Mapping[int, np.ndarray] = {}
_NOWHERE = np.empty(0, np.int64)
_BREAK = np.full(1 + SLACK, BREAK, np.uint8)


def read_tokens(
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    ledger: Ledger,
    dropped: Mapping[int, np.ndarray] = NONE_DROPPED,
    parts: bool = False,
) -> Iterator[Stream]:
    """The tokens of a shard, in order within each destination: words and line feeds parted by white space.

    Every line feed is the end of a document, or of one of the sentences that the report counts. What is yielded is good
    until the next is asked for.

    Parameters
    ----------
    decoded
        The output that holds the decoded text of compressed sources.
    ledger
        One of the shard's spans. When a stream comes, it stands at the row of the span that it is from.
    dropped
        For sources by position, the sorted offsets at which the documents begin that are filtered.
    parts
        Whether the end of a part of a long document is told (:mod:`dsgns.corpus.grid`): a lone ``BREAK`` comes then.
    """
    for number, span in enumerate(shard.spans):
        ledger.turn_to(number)
        choice = Choice(span.source, threshold(parameters.held_out), dropped.get(span.source, _NOWHERE))
        if parts and span.document < span.start:
            # The part before it ends here, which its own span cannot tell, and may be in this very shard.
            yield destination(choice, span.document), _BREAK.copy(), 1
        with open_text(span.place, decoded) as text:
            pieces = read_marked(text, span, parameters, ledger)
            if parameters.streams:
                stretches = in_parts(pieces, span) if parts else whole(pieces)
                yield from _streamed(stretches, span, choice, parameters, ledger)
            else:
                function = load_tokenizer(parameters.tokenizer)
                yield from DocumentTokenizer(function, parameters.tokenizer, span, choice, parts).read(pieces)


def threshold(held_out: float) -> np.uint64:
    """What the hash of a held-out document is below.

    Examples
    --------
    >>> int(threshold(0.5)) == 2**63
    True
    """
    return np.uint64(int(held_out * 2.0**64))


def _streamed(
    stretches: Iterator[Stretch], span: Span, choice: Choice, parameters: CorpusParameters, ledger: Ledger
) -> Iterator[Stream]:
    one_way = choice.threshold == 0 and choice.dropped.size == 0
    tokenizer, wide = tokenizer_of(parameters, ledger.count_dropped), parameters.tokenizer != "whitespace"
    streams = np.empty((3, 0), np.uint8)
    document = span.document
    for piece, ends_part in stretches:
        parted = [(USED, piece.data, piece.size)]
        if not one_way:
            if piece.data.size > streams.shape[1]:
                streams = np.empty((3, piece.data.size + SLACK), np.uint8)
            *sizes, document = route(piece.data, piece.size, piece.offset, document, choice, streams)
            parted = [(goes, streams[goes], size) for goes, size in enumerate(sizes) if size]
        for goes, data, size in parted:
            if parameters.sentences:
                size, ends = end_sentences(data, size, wide)
                ledger.count_sentences(goes, ends)
            yield goes, *tokenizer(data, size, piece.valid)
        if ends_part:
            yield USED if one_way else destination(choice, document), _BREAK.copy(), 1
