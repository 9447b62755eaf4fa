"""Words as the table that text is numbered with."""

from __future__ import annotations

import numpy as np

from dsgns.vocabulary.kernels import WordTable
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words

LINE_FEED_NUMBER = -1
"""The number of the line feed."""

_SLACK = 96


def numbered(words: Words) -> WordTable:
    """A table in which a word's value is its position, and the line feed's -1.

    Parameters
    ----------
    words
        None of them twice.
    """
    counter = WordCounter(expected=words.counts.size + 1)
    text = np.concatenate([words.spaced(), np.full(1 + _SLACK, 10, np.uint8)])
    # The line feed's value as an unsigned integer wraps around, and as a number back again.
    ids = np.append(np.arange(words.counts.size, dtype=np.int64), [LINE_FEED_NUMBER, 0]).view(np.uint64)
    counter.add(text, text.size - _SLACK, ids)
    return counter.table
