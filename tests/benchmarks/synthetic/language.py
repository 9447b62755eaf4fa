"""A language that never was: how often each word is used, and which words keep company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isqrt

import numpy as np

from tests.benchmarks.synthetic.kernels import (
    CELL,
    PHRASE,
    Draws,
    alias_table,
    draw_members,
    draw_words,
    write_words,
)
from tests.benchmarks.synthetic.spelling import spell

_WHOLE = 1 << 32


@dataclass(frozen=True)
class Law:
    """What a language is made from.

    The word of rank r = 0, 1, ... has a share of the text proportional to ``1 / (r + offset) ** exponent``
    (Mandelbrot 1953), and from rank ``core`` on falls with ``tail`` instead (Gerlach & Altmann 2013, eq. 2, with
    their figures for English; without, rare words are far too frequent and most pairs of them distinct). Exactly:
    themes change which words stand together, not how frequent they are.

    Parameters
    ----------
    vocabulary
        Number of words, at least 16.
    exponent, offset
        Of the law for frequent words.
    core, tail
        The rank at which rare words begin, and the exponent for them.
    attraction
        How likely a word that has a theme is drawn among the words of the theme of its phrase.
    line
        Mean number of words in a line, that is a document; a multiple of a phrase's 32 long each.
    seed
        Of every draw.
    """

    vocabulary: int = 70_000
    exponent: float = 1.0
    offset: float = 2.7
    core: int = 7873
    tail: float = 1.77
    attraction: float = 0.5
    line: int = 512
    seed: int = 1

    def __post_init__(self) -> None:
        if self.vocabulary < 16:
            raise ValueError(f"{self.vocabulary} words are too few for themes: 16 or more")
        if not 0 <= self.attraction < 1:
            raise ValueError(f"attraction is a probability below 1, not {self.attraction}")
        if self.line < PHRASE:
            raise ValueError(f"a line has {PHRASE} words or more, not {self.line}")

    @property
    def themes(self) -> int:
        """Number of themes: about the root of the number of words."""
        return isqrt(self.vocabulary)


class Language:
    """Words, and text made of them, any range of it alone and always the same.

    Parameters
    ----------
    law
        What the language is made from.

    Examples
    --------
    >>> language = Language(Law(vocabulary=1000))
    >>> whole = language.ids(0, 100)
    >>> bool((whole[40:60] == language.ids(40, 60)).all())
    True
    """

    def __init__(self, law: Law) -> None:
        self.law = law
        self.cells = spell(law.vocabulary)

    @cached_property
    def shares(self) -> np.ndarray:
        """The share of each word, float64, shape (V,), falling."""
        law = self.law
        places, edge = np.arange(law.vocabulary) + law.offset, law.core + law.offset
        weights = np.minimum(places, edge) ** -law.exponent * np.maximum(places / edge, 1.0) ** -law.tail
        return weights / weights.sum()

    @cached_property
    def theme(self) -> np.ndarray:
        """The theme of each word, int64, shape (V,); -1 for the most frequent, which go with every theme."""
        themes = self.law.themes
        # Dealt out like cards, so that every theme has words of every frequency.
        return np.where(np.arange(self.law.vocabulary) < themes, -1, np.arange(self.law.vocabulary) % themes)

    @cached_property
    def words(self) -> list[str]:
        """All words, by rank."""
        return [bytes(cell[: cell[-1] - 1]).decode() for cell in self.cells]

    def ids(self, start: int, stop: int) -> np.ndarray:
        """The ranks of the words at a range of positions, int32."""
        words = np.empty(stop - start, np.int32)
        draw_words(self._draws, start, words)
        draw_members(self._draws, start, words)
        return words

    def text(self, start: int, stop: int) -> np.ndarray:
        """The bytes of the words at a range of positions, white space after each, uint8."""
        text = np.empty((stop - start + 1) * CELL, np.uint8)
        size = write_words(self._draws, start, self.ids(start, stop), self.cells.view(np.uint64), text)
        return text[:size]

    def pieces(self, start: int, stop: int, step: int = 1 << 19) -> Iterator[np.ndarray]:
        """The bytes of a range, piece by piece."""
        for begin in range(start, stop, step):
            yield self.text(begin, min(begin + step, stop))

    @cached_property
    def _draws(self) -> Draws:
        law, shares = self.law, self.shares
        order = np.argsort(self.theme, kind="stable")[law.themes :]
        begin = np.searchsorted(self.theme[order], np.arange(law.themes + 1))
        members = [_aliases(shares[order[first:last]]) for first, last in pairwise(begin)]
        member_alias = [first + alias for first, (_, alias) in zip(begin[:-1], members, strict=True)]
        return Draws(
            *_aliases(shares),
            *_aliases(np.add.reduceat(shares[order], begin[:-1])),
            member_threshold=np.concatenate([threshold for threshold, _ in members]),
            member_alias=np.concatenate(member_alias).astype(np.int32),
            members=order.astype(np.int32),
            begin=begin.astype(np.int64),
            common=law.themes,
            attraction=int(law.attraction * _WHOLE),
            line_end=int(_WHOLE * PHRASE / law.line) - 1,
            seed=np.uint64(law.seed),
        )


def _aliases(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The alias table of some weights."""
    threshold, alias = np.empty(weights.size, np.uint32), np.empty(weights.size, np.int32)
    alias_table(weights, threshold, alias)
    return threshold, alias
