"""What the page asks, and what it is told: plain JSON both ways, for a server and for a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dsgns.explorer.atlas import Atlas
from dsgns.explorer.spellings import beginning_with, near_spellings
from dsgns.vectors.words import WordVectors

Ranking = Sequence[tuple[str, float]]

TOPN = 12
"""Neighbours in a list."""

_DECIMALS = 4


class Answers:
    """Answers from the vectors of each road, side by side.

    Parameters
    ----------
    roads
        The vectors, by road.
    atlas_of
        The map of a road in a layout, ``pca`` or another.
    topn
        How many neighbours are told; of an analogy's answers, half as many.
    """

    def __init__(
        self, roads: Mapping[str, WordVectors], atlas_of: Callable[[str, str], Atlas], topn: int = TOPN
    ) -> None:
        self.roads, self.atlas_of, self.topn = roads, atlas_of, topn
        self._kinds: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "near": lambda question: self.near(str(question["word"])),
            "analogy": lambda question: self.analogy([str(word) for word in question["words"]]),
            "map": lambda question: self.chart(str(question["road"]), str(question.get("layout", "pca"))),
            "places": lambda question: self.places(str(question["road"]), str(question["layout"]), question["words"]),
            "begin": lambda question: self.begin(str(question["prefix"])),
        }

    @property
    def first(self) -> WordVectors:
        """The vectors of the first road."""
        return next(iter(self.roads.values()))

    def reply(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question of the page, by what it asks for.

        Raises
        ------
        KeyError
            If it is none.
        """
        return self._kinds[question["ask"]](question)

    def near(self, word: str) -> dict[str, Any]:
        """A word's neighbours by each road: its place by frequency, how often it occurs, how long its vector is.

        ``places`` on the road's map are those of the word itself and then of each neighbour.
        """
        return {"word": word, "roads": {road: self._near(road, word) for road in self.roads}}

    def analogy(self, words: Sequence[str]) -> dict[str, Any]:
        """By each road, what is to the third word as the second is to the first."""
        return {"words": list(words), "roads": {road: self._analogy(road, words) for road in self.roads}}

    def chart(self, road: str, layout: str = "pca") -> dict[str, Any]:
        """The map of a road: words by falling frequency, and where they lie."""
        atlas = self.atlas_of(road, layout)
        words = atlas.vectors.index_to_key[: atlas.size]
        return {"word": words, "count": _counts(atlas.vectors, range(atlas.size)), **_columns(atlas.places)}

    def places(self, road: str, layout: str, words: Sequence[str]) -> dict[str, Any]:
        """Where some words lie on a map that is not the first one."""
        atlas = self.atlas_of(road, layout)
        rows = [atlas.vectors.get_index(str(word)) for word in words]
        return {"places": atlas.places_of(rows).round(_DECIMALS).tolist()}

    def begin(self, prefix: str) -> dict[str, Any]:
        """The most frequent words that begin so."""
        words: dict[str, None] = {}
        for vectors in self.roads.values():
            words |= dict.fromkeys(beginning_with(prefix, vectors.index_to_key))
        return {"words": list(words)}

    def near_all(self, words: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What :meth:`near` says of each of many words, at a fraction of the time."""
        told: dict[str, dict[str, Any]] = {word: {"word": word, "roads": {}} for word in words}
        for road, vectors in self.roads.items():
            known = [word for word in words if word in vectors.key_to_index]
            for word, ranking in zip(known, vectors.most_similar_batch(known, topn=self.topn), strict=True):
                told[word]["roads"][road] = self._told_of(road, word, ranking)
            for word in words:
                told[word]["roads"].setdefault(road, {"unknown": [[word, []]], "of": len(vectors)})
        return told

    def _near(self, road: str, word: str) -> dict[str, Any]:
        vectors = self.roads[road]
        if word not in vectors.key_to_index:
            return self._unknown(road, [word])
        return self._told_of(road, word, vectors.most_similar(word, topn=self.topn))

    def _told_of(self, road: str, word: str, ranking: Ranking) -> dict[str, Any]:
        vectors = self.roads[road]
        index, rows = vectors.get_index(word), [vectors.get_index(other) for other, _ in ranking]
        return {
            "near": _rounded(ranking),
            "rank": index + 1,
            "count": _counts(vectors, [index])[0],
            "norm": round(float(vectors.norms[index] / typical_norm(vectors)), _DECIMALS),
            "counts": _counts(vectors, rows),
            "places": self.atlas_of(road, "pca").places_of([index, *rows]).round(_DECIMALS).tolist(),
        }

    def _analogy(self, road: str, words: Sequence[str]) -> dict[str, Any]:
        vectors = self.roads[road]
        if unknown := [word for word in words if word not in vectors.key_to_index]:
            return self._unknown(road, unknown)
        a, b, c = words
        return {"near": _rounded(vectors.most_similar([b, c], [a], topn=self.topn // 2))}

    def _unknown(self, road: str, words: Sequence[str]) -> dict[str, Any]:
        vectors = self.roads[road]
        spellings = [[word, near_spellings(word, vectors)] for word in dict.fromkeys(words)]
        return {"unknown": spellings, "of": len(vectors)}


@lru_cache(maxsize=8)
def typical_norm(vectors: WordVectors) -> float:
    """The median length of all vectors; 1 where that is 0."""
    return float(np.median(vectors.norms)) or 1.0


def _rounded(ranking: Ranking) -> list[list[Any]]:
    return [[word, round(cosine, 3)] for word, cosine in ranking]


def _counts(vectors: WordVectors, indices: Sequence[int] | range) -> list[int]:
    return [0] * len(indices) if vectors.counts is None else vectors.counts[np.asarray(indices)].tolist()


def _columns(places: np.ndarray) -> dict[str, list[float]]:
    return {name: column.round(_DECIMALS).tolist() for name, column in zip("xy", places.T, strict=True)}
