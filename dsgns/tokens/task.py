"""One shard's text to ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dsgns.corpus.kernels_documents import FILTERED, HELD_OUT, USED
from dsgns.corpus.ledger import DOCUMENTS, Ledger
from dsgns.corpus.shards import Shard
from dsgns.corpus.validate import Invalid, dropped_documents
from dsgns.parameters import CorpusParameters
from dsgns.phrases.stream import Learned, read_joined
from dsgns.store import Manifest, Output
from dsgns.store.growing import GrowingArray
from dsgns.tokens.encoder import Encoder
from dsgns.tokens.kernels import SEPARATOR
from dsgns.vocabulary.table import count_text


def encode_shard(
    output: Output,
    name: str,
    vocabulary: Output,
    shard: Shard,
    parameters: CorpusParameters,
    decoded: Output | None,
    invalid: Invalid | None,
    learned: Learned | None = None,
) -> Manifest:
    """Write the ids of a shard: of the words that are in the vocabulary, and a separator after each document.

    A shard that begins or ends within a document has no separator there, so that the shards' ids one after the
    other are the same however the corpus is cut.

    Returns
    -------
    Manifest
        Of the block, with arrays ``ids`` and ``held_out``, int32. Its facts hold the tokens that were used, out of
        vocabulary, filtered and held out, and the documents of each destination. What there is of each source is in
        the ledger that stands beside it.
    """

    def fill(arrays: Mapping[str, GrowingArray]) -> dict[str, Any]:
        encoder, ledger = Encoder.of(vocabulary), Ledger(shard.sources)
        grown = {USED: arrays["ids"], HELD_OUT: arrays["held_out"]}
        words, separators = np.zeros((2, 3), np.int64)
        dropped = dropped_documents(output, invalid)
        for goes, data, size in read_joined(shard, parameters, decoded, ledger, dropped, learned):
            if goes == FILTERED:
                found = *count_text(data, size), 0
            else:
                events, ids = encoder.encode(data, size)
                grown[goes].append(ids)
                ends = int(np.count_nonzero(ids == SEPARATOR))
                found = events - ends, ends, ids.size - ends if goes == USED else 0
            words[goes] += found[0]
            separators[goes] += found[1]
            ledger.count(goes, *found)
        ledger.write(output, name, lasting=True)
        return _facts(words, separators, len(arrays["ids"]), ledger)

    return output.write_growing(name, {"ids": np.int32, "held_out": np.int32}, fill)


def _facts(words: np.ndarray, separators: np.ndarray, ids: int, ledger: Ledger) -> dict[str, Any]:
    """What a shard's manifest says: ``words`` and ``separators`` of each destination, int64, shape (3,)."""
    used = ids - int(separators[USED])
    return {
        "used": used,
        "out_of_vocabulary": int(words[USED]) - used,
        "filtered": int(words[FILTERED]),
        "held_out": int(words[HELD_OUT]),
        "documents": ledger.rows[:, DOCUMENTS : DOCUMENTS + 3].sum(axis=0).tolist(),
    }
