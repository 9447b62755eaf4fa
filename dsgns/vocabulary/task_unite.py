"""Vocabularies united, and where the words of each are in the united one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsgns.errors import CorruptBlockError, MergeError
from dsgns.store import Manifest, Output
from dsgns.store.packed import write_packed
from dsgns.tokens.encoder import Encoder
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words

_SLACK = np.full(96, 32, np.uint8)


def unite_words(output: Output, name: str, parts: Sequence[tuple[Output, int]]) -> Manifest:
    """The words of several vocabularies with their counts added up, or taken away.

    Parameters
    ----------
    parts
        Vocabularies, each with 1 for its counts to be added or -1 for them to be taken away.

    Returns
    -------
    Manifest
        Of the block, as :func:`~dsgns.vocabulary.merge.choose_words` writes it. Where something is taken away it also
        has the arrays ``gone_bytes`` and ``gone_offsets``: the words of which nothing is left.

    Raises
    ------
    MergeError
        If more of a word is taken away than there is, or nothing is left.
    """
    counter = WordCounter(expected=max(part.facts["size"] for part, _ in parts))
    for part, sign in parts:
        words = _words(part)
        # Taken away modulo 2^64, as it is added.
        amounts = np.append(sign * words.counts, np.zeros(2, np.int64)).view(np.uint64)
        counter.add(np.append(words.spaced(), _SLACK), words.text.size + words.counts.size, amounts)
    found = counter.take(least=0)
    ranked = Words.from_spaced(found.text, found.values.view(np.int64)).ranked()
    if ranked.counts.size and ranked.counts[-1] < 0:
        raise MergeError(
            f"{ranked.word(ranked.counts.size - 1).decode()!r} is to be taken away {-int(ranked.counts[-1]):,} times "
            "more often than it is there: what is subtracted is no part of what is added."
        )
    size = int(np.count_nonzero(ranked.counts))
    if not size:
        raise MergeError("Nothing is left: as much is subtracted as is added.")
    kept, gone = ranked.take(np.arange(size)), ranked.take(np.arange(size, ranked.counts.size))
    arrays = {"bytes": kept.text, "offsets": kept.offsets, "counts": kept.counts}
    if any(sign < 0 for _, sign in parts):
        arrays |= {"gone_bytes": gone.text, "gone_offsets": gone.offsets}
    facts = {
        "size": size,
        "gone": gone.counts.size,
        "total": int(kept.counts.sum()),
        "text_bytes": kept.text.size,
    }
    return output.write(name, arrays, facts=facts)


def map_words(output: Output, name: str, united: Output, part: Output) -> Manifest:
    """Which word of the united vocabulary each word of a part is; those of which nothing is left come after the others.

    Returns
    -------
    Manifest
        Its block holds ``ids``, int32, shape (words of the part,).
    """
    words = _words(part)
    _, ids = Encoder(every_word(united)).encode(np.append(words.spaced(), _SLACK), words.text.size + words.counts.size)
    if ids.size != words.counts.size:
        raise CorruptBlockError(
            f"{united.name} of {united.url} lacks words of {part.name} of {part.url}. Remove it and merge again."
        )
    return write_packed(output, name, {"ids": ids})


def every_word(united: Output) -> Words:
    """The words of a united vocabulary, then those of which nothing is left."""
    block = united.read("words")
    kept = Words(block["bytes"], block["offsets"], block["counts"])
    if "gone_bytes" not in block:
        return kept
    gone = np.zeros(block["gone_offsets"].size - 1, np.int64)
    return Words.concatenated([kept, Words(block["gone_bytes"], block["gone_offsets"], gone)])


def _words(vocabulary: Output) -> Words:
    block = vocabulary.read("words", "bytes", "offsets", "counts")
    return Words(block["bytes"], block["offsets"], block["counts"])
