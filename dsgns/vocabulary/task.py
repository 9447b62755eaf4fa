"""One shard's words counted, sorted into buckets by hash."""

from __future__ import annotations

import numpy as np

from dsgns.corpus.kernels_documents import LINE_FEED, USED
from dsgns.corpus.ledger import DOCUMENTS, TOKENS, Ledger
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
        destination, and as ``parts`` the blocks of words written before. What there is of each source is in the ledger
        that stands beside it.
    """
    parts: list[str] = []

    def spill(words: CountedWords) -> None:
        parts.append(f"{name.replace('scan/', 'overflow/')}-{len(parts):03d}")
        write_packed(output, parts[-1], words._asdict())

    counter = WordCounter(shard.size // _BYTES_PER_NEW_WORD, MOST_WORDS, spill)
    ledger, dropped = Ledger(shard.sources), dropped_documents(output, invalid)
    for goes, data, size in read_joined(shard, parameters, decoded, ledger, dropped, learned):
        if goes == USED:
            line_feeds = int(np.count_nonzero(data[:size] == LINE_FEED))
            ledger.count(goes, counter.add(data, size) - line_feeds, line_feeds)
        else:
            ledger.count(goes, *count_text(data, size))
    ledger.write(output, name)
    tokens, documents = (ledger.rows[:, first : first + 3].sum(axis=0).tolist() for first in (TOKENS, DOCUMENTS))
    facts = {"tokens": tokens, "documents": documents, "parts": parts}
    return write_packed(output, name, counter.take()._asdict(), facts=facts)
