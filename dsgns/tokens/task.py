"""One shard's text to ids."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from dsgns.corpus.kernels_documents import FILTERED, HELD_OUT, USED
from dsgns.corpus.readers import ReadReport
from dsgns.corpus.shards import Shard
from dsgns.corpus.streams import read_tokens
from dsgns.corpus.validate import Invalid, dropped_documents
from dsgns.parameters import CorpusParameters
from dsgns.store import Manifest, Output
from dsgns.tokens.encoder import Encoder, Ids
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
) -> Manifest:
    """Write the ids of a shard: of the words that are in the vocabulary, and a separator after each document.

    A shard that begins or ends within a document has no separator there, so that the shards' ids one after the
    other are the same however the corpus is cut.

    Returns
    -------
    Manifest
        Of the block, with arrays ``ids`` and ``held_out``, int32. Its facts hold the tokens that were used, out of
        vocabulary, filtered and held out, the documents of each destination, and what was seen in the bytes.
    """
    encoder, report = Encoder.of(vocabulary), ReadReport()
    ids, held_out = Ids(), Ids()
    events, documents = np.zeros((2, 3), np.int64)
    for goes, data, size in read_tokens(shard, parameters, decoded, report, dropped_documents(output, invalid)):
        if goes == FILTERED:
            found = count_text(data, size)
            events[goes] += sum(found)
            documents[goes] += found[1]
        else:
            events[goes] += encoder.encode(data, size, ids if goes == USED else held_out)
    documents[USED] = np.count_nonzero(ids.values == SEPARATOR)
    documents[HELD_OUT] = np.count_nonzero(held_out.values == SEPARATOR)
    words = events - documents
    used = ids.size - int(documents[USED])
    facts = {
        "used": used,
        "out_of_vocabulary": int(words[USED]) - used,
        "filtered": int(words[FILTERED]),
        "held_out": int(words[HELD_OUT]),
        "documents": documents.tolist(),
        **asdict(report),
    }
    return output.write(name, {"ids": ids.values, "held_out": held_out.values}, facts=facts)
