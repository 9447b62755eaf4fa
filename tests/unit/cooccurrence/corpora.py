"""Token streams that tests make for themselves, and what counting them must give."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from dsgns.cooccurrence.weights import WindowWeights
from dsgns.store import Output, Workspace


def memory_workspace() -> Workspace:
    """An empty workspace that no disk has to sync."""
    return Workspace.create(f"memory://{uuid.uuid4().hex}/w.dsgns")


def write_tokens(
    workspace: Workspace, documents: Sequence[Sequence[int]], vocabulary_size: int, blocks: int = 2
) -> Output:
    """An encoded corpus as the tokens stage leaves it, with its vocabulary."""
    ids = np.array([token for document in documents for token in (*document, -1)], np.int32)
    counts = np.bincount(ids[ids >= 0], minlength=vocabulary_size).astype(np.int64)
    vocabulary = workspace.output("vocabulary", "v")
    vocabulary.write("words", {"counts": counts})
    vocabulary.finish({"facts": {}, "blocks": ["words"]})
    tokens = workspace.output("tokens", "t")
    parts = np.array_split(ids, blocks)
    for number, part in enumerate(parts):
        tokens.write(f"ids/{number:05d}", {"ids": part, "held_out": np.empty(0, np.int32)}, facts={"ids": len(part)})
    facts = {
        "ids": len(ids),
        "tokens": int(counts.sum()),
        "documents": len(documents),
        "vocabulary_size": vocabulary_size,
        "vocabulary": "v",
        "block_ids": [len(part) for part in parts],
        "block_held_out_ids": [0] * blocks,
    }
    names = [f"ids/{number:05d}" for number in range(blocks)]
    tokens.finish({"facts": facts, "parameters": {}, "inputs": {}, "blocks": names, "finished": 0.0})
    return tokens


def loop_counts(documents: Sequence[Sequence[int]], weights: WindowWeights) -> Counter:
    """(row, column) -> integer, by the plainest loop there is."""
    counts: Counter = Counter()
    for document in documents:
        for at, centre in enumerate(document):
            for distance, weight in enumerate(weights.values, start=1):
                for other in (at - distance, at + distance):
                    if 0 <= other < len(document):
                        counts[int(centre), int(document[other])] += weight
    return counts


def scipy_counts(documents: Sequence[np.ndarray], weights: WindowWeights, vocabulary_size: int) -> sp.csr_matrix:
    """The same by SciPy: every pair as a coordinate, added up on the way to CSR, then the transpose added."""
    rows, columns, values = [], [], []
    for document in documents:
        for distance, weight in enumerate(weights.values, start=1):
            rows.append(document[:-distance])
            columns.append(document[distance:])
            values.append(np.full(max(len(document) - distance, 0), weight, np.int64))
    shape = (vocabulary_size, vocabulary_size)
    right = sp.coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape).tocsr()
    return (right + right.T).tocsr()
