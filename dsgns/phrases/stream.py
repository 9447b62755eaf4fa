"""Shards as streams of tokens, those that make phrases joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dsgns.corpus.ledger import Ledger
from dsgns.corpus.shards import Shard
from dsgns.corpus.streams import Stream, read_tokens
from dsgns.parameters import CorpusParameters
from dsgns.phrases.joiner import Joiner
from dsgns.phrases.table import Phrases, last_block
from dsgns.store import Output


@dataclass(frozen=True)
class Learned:
    """Where phrases are found, for tasks that are to join them.

    Parameters
    ----------
    output, block
        What holds them.
    delimiter
        Between their words.
    size, text_bytes
        How many words and phrases there are in them, and their bytes in all.
    """

    output: Output
    block: str
    delimiter: str
    size: int
    text_bytes: int

    @classmethod
    def of(cls, output: Output) -> Learned:
        """What a completed stage has learned."""
        facts = output.facts
        return cls(output, last_block(output), output.parameters["delimiter"], facts["size"], facts["text_bytes"])

    def joiner(self) -> Joiner:
        """What joins them."""
        return Joiner(Phrases.load(self.output, self.block), self.delimiter)


def read_joined(
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    ledger: Ledger,
    dropped: Mapping[int, np.ndarray],
    learned: Learned | None,
) -> Iterator[Stream]:
    """The tokens of a shard as :func:`~dsgns.corpus.streams.read_tokens` gives them, phrases joined where there are."""
    if learned is None:
        return read_tokens(shard, parameters, decoded, ledger, dropped)
    return learned.joiner().join(read_tokens(shard, parameters, decoded, ledger, dropped, parts=True))
