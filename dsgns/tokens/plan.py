"""What encoding will need, in bytes of memory: integers in, integers out."""

from __future__ import annotations

from dsgns.corpus.plan import projected_reader
from dsgns.vocabulary.plan import projected_table

_ID = 4
# Writing a block compresses chunks of a million ids, a few at a time.
_WRITING = 32 << 20


def projected_encode(shard: int, words: int, size: int, held_out: bool, custom: bool) -> int:
    """Memory of encoding one shard.

    Parameters
    ----------
    shard
        Bytes of text in it.
    words, size
        Of the vocabulary: how many words, and their bytes in all.
    held_out, custom
        Whether documents are held out, and whether the tokenizer is the user's.
    """
    vocabulary = projected_table(words) + 4 * size + 32 * words
    # An id takes at least one byte of text, when lines are empty; room for it grows by a quarter.
    ids = _ID * shard * 5 // 4
    return vocabulary + ids + projected_reader(held_out, custom) + _WRITING
