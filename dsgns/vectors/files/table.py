"""What a file of vectors holds, and how one is to be read."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsgns.errors import ParameterError, VectorFileError


@dataclass(frozen=True)
class Table:
    """Words, their vectors, and how often they occur if that is known.

    Parameters
    ----------
    words
        One for each row.
    vectors : shape (V, d), float32
        In memory or memory-mapped.
    counts : shape (V,), int64, optional
    """

    words: Sequence[str]
    vectors: np.ndarray
    counts: np.ndarray | None = None

    def first_of_each(self) -> Table:
        """Without the later rows of words that come twice; itself where there is none."""
        if len(set(self.words)) == len(self.words):
            return self
        first: dict[str, int] = {}
        for row, word in enumerate(self.words):
            first.setdefault(word, row)
        rows = list(first.values())
        return Table(list(first), self.vectors[rows], None if self.counts is None else self.counts[rows])

    def repeated(self) -> str:
        """The first word that has come before."""
        seen: set[str] = set()
        return next(word for word in self.words if word in seen or seen.add(word))  # type: ignore[func-returns-value]

    def head(self, limit: int | None) -> Table:
        """The first rows only."""
        if limit is None or limit >= len(self.words):
            return self
        return Table(self.words[:limit], self.vectors[:limit], None if self.counts is None else self.counts[:limit])

    def require_words_without(self, spaces: str, path: str) -> None:
        """Refuse to write words that are empty or hold a space of some kind.

        Raises
        ------
        VectorFileError
            Naming the first such word.
        """
        for word in self.words:
            if not word or any(space in word for space in spaces):
                raise VectorFileError(
                    f"the word {word!r} cannot be written to {path}: this format has no place for white space or empty "
                    "words. Export to safetensors, parquet or anndata, or use a tokenizer that joins words by another "
                    "character."
                )


@dataclass(frozen=True)
class Reading:
    """How a file is to be read.

    Parameters
    ----------
    limit
        Only so many words; ``None`` for all.
    encoding
        Of the words in text and binary files; UTF-8 unless given, or what the file's byte order mark says.
    unicode_errors
        What to do with bytes that are no text in it, as in ``bytes.decode``; the C tool may cut a letter in two.
    """

    limit: int | None = None
    encoding: str | None = None
    unicode_errors: str = "strict"

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ParameterError(f"limit is {self.limit}; it must be at least 1, or None for all words.")
        try:
            # Codecs that make bytes of bytes, such as hex, are none of text.
            "".encode(self.encoding or "utf-8")
            codecs.lookup_error(self.unicode_errors)
        except (LookupError, ValueError) as error:
            raise ParameterError(f"{error}: give one that Python has, such as 'latin-1' or 'replace'.") from error
