"""One shard's pairs of neighbours counted."""

from __future__ import annotations

import numpy as np

from dsgns.corpus.grid import BREAK
from dsgns.corpus.kernels_documents import USED
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.shards import Shard
from dsgns.corpus.streams import read_tokens
from dsgns.corpus.validate import Invalid, dropped_documents
from dsgns.parameters import CorpusParameters
from dsgns.phrases.formulas import Scoring
from dsgns.phrases.kernels import PlacedWords, place_words
from dsgns.phrases.pairs import CountedPairs, PairCounter
from dsgns.phrases.stream import Learned
from dsgns.store import Manifest, Output
from dsgns.store.packed import write_packed
from dsgns.vocabulary.kernels import cursor_at_start, empty_batch
from dsgns.vocabulary.numbered import numbered
from dsgns.vocabulary.words import Words


def count_pairs(
    output: Output,
    name: str,
    words: str,
    total: int,
    scoring: Scoring,
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    invalid: Invalid | None,
    learned: Learned | None,
) -> Manifest:
    """Count which words follow which in a shard's documents that are neither held out nor filtered.

    Parameters
    ----------
    words
        The block with the words that occur often enough; no pair reaches across another word.
    total
        Tokens of the corpus. Pairs that cannot reach the threshold, whatever their number, are left out.
    learned
        Phrases of the passes before, which are words.

    Returns
    -------
    Manifest
        Of the block, with the arrays of :class:`CountedPairs`; its facts hold as ``parts`` the blocks of pairs
        written before.
    """
    parts: list[str] = []

    def spill(pairs: CountedPairs) -> None:
        parts.append(f"{name.replace('pairs/', 'more-pairs/')}-{len(parts):03d}")
        write_packed(output, parts[-1], pairs._asdict())

    block = output.read(words)
    counter = PairCounter(scoring.partners(block["counts"], total), spill)
    table, batch = numbered(Words(block["bytes"], block["offsets"], block["counts"])), empty_batch()
    dropped, unread = dropped_documents(output, invalid), Ledger(shard.sources)
    stretches = read_tokens(shard, parameters, decoded, unread, dropped, parts=True)
    for goes, data, size in learned.joiner().join(stretches) if learned is not None else stretches:
        if goes != USED:
            continue
        if size == 1 and data[0] == BREAK:
            counter.part()
            continue
        placed = PlacedWords(*(np.empty(size + 2, dtype) for dtype in (np.int32, np.uint32, np.uint32)))
        found = place_words(data, size, table, batch, cursor_at_start(), placed)
        counter.add(placed.ids[:found])
    return write_packed(output, name, counter.take()._asdict(), facts={"parts": parts})
