"""The vocabulary as its readers hold it: words by id, their counts, and how to load both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from dsgns.store import Output


@dataclass(frozen=True)
class Vocabulary:
    """The kept words; the id of a word is its position.

    Parameters
    ----------
    words
        By falling count, ties by their UTF-8 bytes.
    counts
        Of each word, int64, shape (V,).
    """

    words: list[str]
    counts: np.ndarray

    @property
    def size(self) -> int:
        """How many words there are: V."""
        return len(self.words)

    @cached_property
    def total(self) -> int:
        """How many tokens of the corpus are words of the vocabulary."""
        return int(self.counts.sum())


def load_vocabulary(output: Output) -> Vocabulary:
    """The vocabulary that a completed stage has made."""
    block = output.read("words")
    ends = block["offsets"].tolist()
    text = block["bytes"].tobytes()
    words = [text[start:stop].decode() for start, stop in pairwise(ends)]
    return Vocabulary(words, block["counts"])
