"""Words of a vocabulary for what somebody typed: as a beginning, or in place of a word that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from dsgns.vectors.words import WordVectors

_SHOWN = 5
_BEGINNINGS = 8


def beginning_with(prefix: str, words: Sequence[str]) -> list[str]:
    """The first few words that begin so, in their order.

    Examples
    --------
    >>> beginning_with("th", ["the", "of", "this"])
    ['the', 'this']
    """
    return list(islice((word for word in words if word.startswith(prefix)), _BEGINNINGS)) if prefix else []


def near_spellings(word: str, vectors: WordVectors) -> list[str]:
    """A few words that look like one that is missing: misspelt or in other case, else those it is a part of.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = WordVectors(["king", "北京市", "of"], np.zeros((3, 1), np.float32))
    >>> near_spellings("kingg", vectors), near_spellings("北京", vectors), near_spellings("", vectors)
    (['king'], ['北京市'], [])
    """
    if not word:
        return []
    near = vectors.near_spellings(word)
    within = islice((other for other in vectors.index_to_key if word in other), _SHOWN)
    return list(dict.fromkeys([*near, *within]))[:_SHOWN]
