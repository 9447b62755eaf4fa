"""The pairs of all shards added up, in ranges of their keys so that no task holds all of them; and the choice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsgns.phrases.formulas import Scoring
from dsgns.phrases.kernels import part_keys
from dsgns.phrases.pairs import added_up
from dsgns.phrases.table import Phrases
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, read_packed_slice, write_packed
from dsgns.vocabulary.words import Words

_EXAMPLES = 10


def merge_pairs(
    output: Output,
    name: str,
    blocks: Sequence[str],
    first: int,
    last: int,
    words: str,
    total: int,
    scoring: Scoring,
) -> Manifest:
    """Add up the counts of the pairs in a range of buckets, and keep those that are phrases.

    Parameters
    ----------
    blocks
        Names of the blocks of counted pairs.
    first, last
        Buckets, the last one not included.
    words, total
        The block with the words, and the tokens of the corpus.

    Returns
    -------
    Manifest
        Of the block, with arrays ``first`` and ``second`` int32, numbers of words; ``counts`` int64; ``scores``
        float64. Its facts hold how many different pairs there were.
    """
    keys, counts = [np.empty(0, np.uint64)], [np.empty(0, np.uint32)]
    for block in blocks:
        start, stop = read_packed(output, block, "before")["before"][[first, last]].tolist()
        keys.append(read_packed_slice(output, block, "keys", start, stop))
        counts.append(read_packed_slice(output, block, "counts", start, stop))
    pairs, seen = added_up(np.concatenate(keys), np.concatenate(counts))
    often = seen >= scoring.least
    numbers = np.empty((2, np.count_nonzero(often)), np.int32)
    part_keys(pairs[often], *numbers)
    known, seen = output.read(words, "counts")["counts"], seen[often]
    scores = scoring.scores(seen, known[numbers[0]], known[numbers[1]], total)
    chosen = scores > scoring.threshold
    arrays = {"first": numbers[0], "second": numbers[1], "counts": seen, "scores": scores}
    arrays = {array: values[chosen] for array, values in arrays.items()}
    return write_packed(output, name, arrays, facts={"distinct": pairs.size, "phrases": int(np.count_nonzero(chosen))})


def choose_phrases(
    output: Output, name: str, before: str, blocks: Sequence[str], words: str, delimiter: str
) -> Manifest:
    """Write the phrases of a pass behind those of the passes before.

    Parameters
    ----------
    before
        The block of the passes before; empty where there are none.
    blocks
        Names of what :func:`merge_pairs` wrote.

    Returns
    -------
    Manifest
        Of the block, with the arrays of :class:`Phrases`.
    """
    found = [read_packed(output, block) for block in blocks]
    first, second, counts, scores = (
        np.concatenate([block[array] for block in found]) for array in ("first", "second", "counts", "scores")
    )
    order = np.lexsort((second, first, -scores))
    block = output.read(words)
    known = Words(block["bytes"], block["offsets"], block["counts"])
    pairs = [(known.word(a), known.word(b)) for a, b in zip(first[order].tolist(), second[order].tolist(), strict=True)]
    phrases = Phrases.load(output, before) if before else Phrases.none()
    made = phrases.with_pass(pairs, counts[order], scores[order], delimiter.encode())
    arrays = made.arrays()
    often = np.argsort(-made.counts, kind="stable")[:_EXAMPLES]
    facts = {
        "size": len(made.words),
        "text_bytes": arrays["bytes"].size,
        "phrases": np.diff(made.bounds).tolist(),
        "examples": [made.words[number].decode() for number in made.made[often].tolist()],
    }
    return output.write(name, arrays, facts=facts)
