"""What the vocabulary's tasks will need, in bytes of memory: integers in, integers out."""

from __future__ import annotations

from dsgns.corpus.plan import LONGEST_WORD, projected_reader

MOST_WORDS = 1 << 18
"""How many different words a scanning task holds; when there are more it writes them out and begins anew."""

_SLOT = 32
_LONGEST_INLINE = 24
# Writing a block compresses chunks of a million elements, a few at a time; the heap keeps some of the task before.
_WRITING = 24 << 20


def projected_table(words: int) -> int:
    """A table that has grown to this many words: up to four slots for each, and half as many while it grew."""
    return 6 * _SLOT * words + (1 << 20)


def projected_scan(held_out: bool, lean: bool) -> int:
    """Memory of counting one shard's words, whatever its size."""
    long = MOST_WORDS // 4 * 64 + 2 * _LONGEST_INLINE * MOST_WORDS + 2 * LONGEST_WORD
    taking = MOST_WORDS * (8 * 8 + 2 * _LONGEST_INLINE)
    return projected_reader(held_out, lean) + projected_table(MOST_WORDS) + long + taking + _WRITING


def projected_merge(words: int, size: int) -> int:
    """Memory of adding up this many words with ``size`` bytes in all, none of them the same."""
    return projected_table(words) + _projected_ranking(words, size) + _WRITING


def projected_choose(words: int, size: int) -> int:
    """Memory of choosing among this many words with ``size`` bytes in all."""
    return 2 * (size + 16 * words) + _projected_ranking(words, size) + _WRITING


def _projected_ranking(words: int, size: int) -> int:
    # Words are copied when those that are kept are taken, and again when they are put in order.
    return 12 * size + 13 * 8 * words


def most_merged_words(allowed: int, workers: int, words: int) -> int:
    """How many words one merging task should take on: what fits, but no fewer tasks than there are workers.

    Never fewer than a scanning task holds: where that fits, so do they, and where it does not there is no run.

    Parameters
    ----------
    allowed
        Bytes of memory that a task may use.
    words
        All words that there are to merge.
    """
    million = projected_merge(1 << 20, 12 << 20)
    fitting = (max(allowed - _WRITING, 0) << 20) // million
    return max(min(fitting, words // workers), MOST_WORDS)


def projected_unite(words: int, size: int) -> int:
    """Memory of adding up vocabularies of so many words with ``size`` bytes in all, or of finding words among them."""
    return projected_table(words) + projected_choose(words, size)
