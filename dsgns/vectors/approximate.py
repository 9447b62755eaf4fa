"""Neighbours found by way of a graph instead of by looking at all words: the extra ``ann``."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dsgns.errors import MissingExtraError, ParameterError, VectorFileError, how_to_add
from dsgns.vectors.embedding import Key, nonzero
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.sidecar import name_of
from dsgns.vectors.files.whole_file import whole_files
from dsgns.vectors.neighbours import Term, WeightedTerm
from dsgns.vectors.words import WordVectors

_ROWS = 4096
_FORMAT = 1
_DTYPES = ("f32", "f16", "i8")


class ApproximateNeighbours:
    """A graph over vectors (HNSW; Malkov & Yashunin 2018), walked to some of the nearest words: usearch's.

    What the walk comes to is ranked by exact cosines, so that scores are those of :meth:`WordVectors.most_similar`, and
    only words that it misses are amiss; :meth:`recall` tells how many.

    Parameters
    ----------
    vectors
        Memory-mapped or in memory; it is read for the ranking.
    connectivity
        Edges of a word: more find more and take more room.
    expansion_add, expansion_search
        How many candidates are followed when the graph is built, and when it is walked.
    dtype
        Of the numbers that the graph keeps: ``f32``, ``f16`` or ``i8``.
    threads
        That build it.

    Raises
    ------
    MissingExtraError
        If usearch is not installed.

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(500, 8)).astype(np.float32)
    >>> vectors = WordVectors([f"w{row}" for row in range(500)], rows)
    >>> neighbours = ApproximateNeighbours(vectors)
    >>> neighbours.most_similar("w7", topn=1)[0][0] == vectors.most_similar("w7", topn=1)[0][0]
    True
    """

    def __init__(
        self,
        vectors: WordVectors,
        *,
        connectivity: int = 16,
        expansion_add: int = 128,
        expansion_search: int = 128,
        dtype: str = "f32",
        threads: int = 1,
    ) -> None:
        if dtype not in _DTYPES:
            raise ParameterError(f"dtype is {dtype!r}; it must be one of {', '.join(_DTYPES)}.")
        self.vectors = vectors
        self._index = _usearch().Index(
            ndim=vectors.vector_size,
            metric="cos",
            dtype=dtype,
            connectivity=connectivity,
            expansion_add=expansion_add,
            expansion_search=expansion_search,
        )
        for start in range(0, len(vectors), _ROWS):
            rows = vectors.rows(np.arange(start, min(start + _ROWS, len(vectors))))
            self._index.add(np.arange(start, start + len(rows)), rows, threads=threads)

    def most_similar(
        self,
        positive: WeightedTerm | Sequence[WeightedTerm] = (),
        negative: WeightedTerm | Sequence[WeightedTerm] = (),
        topn: int = 10,
    ) -> list[tuple[str, float]]:
        """As :meth:`WordVectors.most_similar`, without some words that the walk does not come to.

        Raises
        ------
        MissingWordError
            If a word is not there.
        """
        mean, given = self.vectors.query(positive, negative)
        rows = np.asarray(self._index.search(mean, min(topn + len(given), len(self.vectors))).keys).astype(np.int64)
        rows = np.array([row for row in rows.tolist() if row not in given], np.int64)
        found = self.vectors.rows(rows)
        scores = (found @ mean) / nonzero(np.linalg.norm(found, axis=1))
        order = np.lexsort((rows, -scores))[:topn]
        return [(self.vectors.index_to_key[rows[place]], float(scores[place])) for place in order]

    def similar_by_word(self, word: Key, topn: int = 10) -> list[tuple[str, float]]:
        """The nearest of a word."""
        return self.most_similar([word], topn=topn)

    def similar_by_vector(self, vector: Term, topn: int = 10) -> list[tuple[str, float]]:
        """The nearest of a vector of shape (vector_size,)."""
        return self.most_similar([vector], topn=topn)

    def recall(self, words: Sequence[Key], topn: int = 10) -> float:
        """The share of the true nearest words of some that are found, in [0, 1]."""
        truth = self.vectors.most_similar_batch(words, topn)
        found = [self.most_similar(word, topn=topn) for word in words]
        hits = [len({word for word, _ in a} & {word for word, _ in b}) for a, b in zip(truth, found, strict=True)]
        return sum(hits) / max(sum(map(len, truth)), 1)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the graph to a file, and which vectors it is of to one called like it and ``.json``; both or none."""
        told = json.dumps({"dsgns": _FORMAT, "vectors": _digest(self.vectors)})
        with whole_files(path, name_of(os.fspath(path))) as (partial, beside):
            self._index.save(str(partial))
            beside.write_text(told, encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str], vectors: WordVectors) -> ApproximateNeighbours:
        """A graph that was saved, memory-mapped, over the same vectors.

        Raises
        ------
        VectorFileError
            If the file holds no graph, or one of other vectors, such as those of an earlier training.
        """
        name = require_local(os.fspath(path))
        try:
            index = _usearch().Index.restore(name, view=True)
        except (ValueError, RuntimeError) as error:
            raise VectorFileError(f"{name} is no graph ({error}).") from error
        shape = None if index is None else (len(index), index.ndim)
        if shape != (len(vectors), vectors.vector_size):
            raise VectorFileError(f"{name} is no graph of these vectors: it has the shape {shape or 'of no graph'}.")
        if _told(name) != _digest(vectors):
            raise VectorFileError(f"{name} is a graph of other vectors than these; build it from these, and save it.")
        made = cls.__new__(cls)
        made.vectors, made._index = vectors, index
        return made


def _digest(vectors: WordVectors) -> str:
    """Of rows spread over all: vectors that were trained or made otherwise differ in every row."""
    rows = vectors.rows(np.linspace(0, len(vectors) - 1, min(_ROWS, len(vectors))).astype(np.int64))
    return hashlib.sha256(np.ascontiguousarray(rows, dtype="<f4").data).hexdigest()


def _told(path: str) -> str:
    """The digest of the vectors that a graph was saved with.

    Raises
    ------
    VectorFileError
        If the file beside it cannot be read.
    """
    name = name_of(path)
    try:
        return str(json.loads(Path(name).read_text(encoding="utf-8"))["vectors"])
    except FileNotFoundError as error:
        raise VectorFileError(f"{path} has no {name} beside it, which says of which vectors it is.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VectorFileError(f"{name} cannot be read ({error!r}); expected JSON with a digest of vectors.") from error


def _usearch() -> Any:
    try:
        import usearch.index
    except ImportError as error:
        raise MissingExtraError(f"usearch is not installed ({error}). {how_to_add('ann')}") from error
    return usearch.index
