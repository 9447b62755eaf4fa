"""Words and their row numbers, looked up under gensim's names."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np

from dsgns.errors import MissingWordError, ParameterError

# A misspelt word is looked for among these many frequent words: enough to be useful, few enough to be quick.
_SUGGEST_AMONG = 50_000


class Lexicon:
    """The words of a set of vectors, in the order of their rows.

    Parameters
    ----------
    words
        Row ``i`` belongs to ``words[i]``; the most frequent word first.
    counts : shape (V,), integers, optional
        How often each word occurs in the corpus.

    Examples
    --------
    >>> lexicon = Lexicon(["the", "of"], counts=[7, 5])
    >>> lexicon.get_index("of"), lexicon.get_vecattr("of", "count"), "off" in lexicon
    (1, 5, False)
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int] | np.ndarray | None = None) -> None:
        self.index_to_key = list(words)
        self.key_to_index = {word: index for index, word in enumerate(self.index_to_key)}
        self.counts = None if counts is None else np.asarray(counts, dtype=np.int64)
        if len(self.key_to_index) != len(self.index_to_key):
            repeated = next(word for i, word in enumerate(self.index_to_key) if self.key_to_index[word] != i)
            raise ParameterError(f"the word {repeated!r} is given more than once; each word has one row.")
        if self.counts is not None and self.counts.shape != (len(self.index_to_key),):
            raise ParameterError(f"{len(self.counts)} counts are given for {len(self.index_to_key)} words.")

    def __len__(self) -> int:
        """The number of words."""
        return len(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        """Whether a word, or a row number, is there."""
        return self.has_index_for(key)

    def has_index_for(self, key: object) -> bool:
        """Whether a word, or a row number, is there."""
        if isinstance(key, int | np.integer):
            return 0 <= int(key) < len(self)
        return key in self.key_to_index

    def get_index(self, key: str | int, default: int | None = None) -> int:
        """The row of a word.

        Parameters
        ----------
        key
            A word; a row number is given back as it is.
        default
            What to return for a word that is not there.

        Raises
        ------
        MissingWordError
            If the word is not there and no default is given.
        """
        if isinstance(key, int | np.integer):
            index = int(key) if 0 <= int(key) < len(self) else default
        else:
            index = self.key_to_index.get(key, default)
        if index is None:
            raise MissingWordError(self._missing(key))
        return index

    def get_vecattr(self, key: str | int, attr: str) -> int:
        """How often a word occurs; ``attr`` is ``"count"``, the one attribute there is.

        Raises
        ------
        MissingWordError
            If the word is not there.
        ParameterError
            If these vectors came without counts, or another attribute is asked for.
        """
        index = self.get_index(key)
        if attr != "count" or self.counts is None:
            has = "no attribute" if self.counts is None else "the attribute 'count' only"
            raise ParameterError(f"the attribute {attr!r} was asked for; these vectors have {has}.")
        return int(self.counts[index])

    def _missing(self, key: object) -> str:
        near = self.near_spellings(key) if isinstance(key, str) else []
        hint = f"; close to it are {', '.join(map(repr, near))}" if near else ""
        return f"{key!r} is not among the {len(self)} words{hint}."

    def near_spellings(self, word: str) -> list[str]:
        """Up to three words that look like one that is missing."""
        cased = [form for form in (word.lower(), word.capitalize(), word.upper()) if form in self.key_to_index]
        # difflib takes .2 s for 50,000 words: too long for whoever catches the error in a loop.
        similar = [
            other
            for other in self.index_to_key[:_SUGGEST_AMONG]
            if other[:1] == word[:1] and abs(len(other) - len(word)) <= 2
        ]
        return list(dict.fromkeys(cased + difflib.get_close_matches(word, similar, n=3, cutoff=0.75)))[:3]
