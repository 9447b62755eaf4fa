"""What encoding will need, in bytes of memory: integers in, integers out."""

from __future__ import annotations

from dsgns.corpus.plan import LONGEST_WORD, projected_reader
from dsgns.vocabulary.plan import projected_table

# An id takes at least one byte of text, when lines are empty; a word that goes on makes a piece as long as two such.
_IDS = 4 * 2 * LONGEST_WORD
_WRITING = 4 << 20


def projected_encode(words: int, size: int, held_out: bool, lean: bool) -> int:
    """Memory of encoding a shard, however large it is: ids are written piece by piece.

    Parameters
    ----------
    words, size
        Of the vocabulary: how many words, and their bytes in all.
    held_out, lean
        Whether documents are held out, and whether the tokenizer needs little memory.
    """
    vocabulary = projected_table(words) + 4 * size + 32 * words
    return vocabulary + projected_reader(held_out, lean) + _IDS + _WRITING
