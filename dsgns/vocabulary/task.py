"""One shard's words counted, sorted into buckets by hash."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from dsgns.corpus.kernels_documents import USED
from dsgns.corpus.readers import ReadReport
from dsgns.corpus.shards import Shard
from dsgns.corpus.validate import Invalid, dropped_documents
from dsgns.parameters import CorpusParameters
from dsgns.phrases.stream import Learned, read_joined
from dsgns.store import Manifest, Output
from dsgns.store.packed import write_packed
from dsgns.vocabulary.plan import MOST_WORDS
from dsgns.vocabulary.table import CountedWords, WordCounter, count_text

# A guess, to make room at once: growing costs a tenth of the time.
_BYTES_PER_NEW_WORD = 512


def scan_shard(
    output: Output,
    name: str,
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    invalid: Invalid | None,
    learned: Learned | None = None,
) -> Manifest:
    """Count the words of a shard's documents that are neither held out nor filtered.

    Parameters
    ----------
    decoded
        The output that holds the decoded text of compressed sources.
    invalid
        The documents to filter.
    learned
        Phrases that are words.

    Returns
    -------
    Manifest
        Of the block, with the arrays of :class:`CountedWords`. Its facts hold the tokens and documents of each
        destination, what was seen in the bytes, and as ``parts`` the blocks of words written before.
    """
    parts: list[str] = []

    def spill(words: CountedWords) -> None:
        parts.append(f"{name.replace('scan/', 'overflow/')}-{len(parts):03d}")
        write_packed(output, parts[-1], words._asdict())

    counter = WordCounter(shard.size // _BYTES_PER_NEW_WORD, MOST_WORDS, spill)
    report = ReadReport()
    tokens, documents = np.zeros((2, 3), np.int64)
    dropped = dropped_documents(output, invalid)
    for goes, data, size in read_joined(shard, parameters, decoded, report, dropped, learned):
        if goes == USED:
            tokens[goes] += counter.add(data, size)
        else:
            tokens[goes], documents[goes] = np.add((tokens[goes], documents[goes]), count_text(data, size))
    words = counter.take()
    documents[USED] = counter.line_feeds
    tokens[USED] -= counter.line_feeds
    documents -= report.sentence_ends
    facts = {"tokens": tokens.tolist(), "documents": documents.tolist(), "parts": parts, **asdict(report)}
    return write_packed(output, name, words._asdict(), facts=facts)
