"""What the tasks of phrases will need, in bytes of memory: integers in, integers out."""

from __future__ import annotations

from dsgns.corpus.plan import LONGEST_WORD, PIECE, projected_reader
from dsgns.corpus.shards import PART
from dsgns.phrases.pairs import MOST_PAIRS
from dsgns.phrases.stream import Learned
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.plan import projected_table

_WRITING = 24 << 20
# A pair that is merged: as it was read, its place in the order, in that order, and added up.
_MERGED_PAIR = 60
# A phrase and its words as Python strings, by their numbers, and in columns.
_PHRASE = 900


def projected_joining(learned: Learned | None) -> int:
    """Memory of joining phrases in a shard, where there are some."""
    return projected_join(learned.size, learned.text_bytes) if learned is not None else 0


def projected_join(words: int, size: int) -> int:
    """Memory of joining phrases beside that of reading a shard.

    Parameters
    ----------
    words, size
        How many words and phrases there are in them, and their bytes in all.
    """
    # What is held back goes on to the end of a part at most. A word takes two bytes at least, and three numbers.
    text = PART + 2 * max(PIECE, LONGEST_WORD)
    return _projected_words(words, size) + 16 * 4 * words + 2 * text + 17 * text // 2


def projected_count(words: int, size: int, held_out: bool, lean: bool) -> int:
    """Memory of counting a shard's pairs, whatever its size, among so many words of ``size`` bytes in all."""
    text = 2 * max(PIECE, LONGEST_WORD)
    held = 8 * MOST_PAIRS + (8 + 8 + 8 + 4 + 2) * MOST_PAIRS
    return projected_reader(held_out, lean) + _projected_words(words, size) + 16 * words + 6 * text + held + _WRITING


def projected_merge(pairs: int, words: int) -> int:
    """Memory of adding up so many pairs, none of them the same, of so many words."""
    return _MERGED_PAIR * pairs + 8 * words + _WRITING


def projected_choose(phrases: int, words: int, size: int) -> int:
    """Memory of writing so many phrases of words that are among ``words`` with ``size`` bytes in all."""
    return _PHRASE * phrases + 2 * size + 24 * words + _WRITING


def _projected_words(words: int, size: int) -> int:
    return projected_table(words) + 4 * size + 32 * words


def most_merged_pairs(allowed: int, workers: int, pairs: int) -> int:
    """How many pairs one merging task should take on: what fits, but no fewer tasks than there are workers.

    Parameters
    ----------
    allowed
        Bytes of memory that a task may use.
    pairs
        All that there are to merge.
    """
    fitting = max(allowed - 2 * _WRITING, 0) // _MERGED_PAIR
    return max(min(fitting, pairs // workers), pairs // BUCKETS, 1)
