"""Two sets of vectors brought to one set of axes: of two times, or of two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsgns.errors import ParameterError
from dsgns.svd.blas import single_thread
from dsgns.vectors.embedding import unit_rows
from dsgns.vectors.words import WordVectors

_ROWS = 4096


@dataclass(frozen=True)
class Alignment:
    """A rotation of one set of vectors onto another, from :func:`align`.

    Parameters
    ----------
    source, target
        What is rotated, and what it is rotated onto.
    rotation : shape (d, d), float64
        ``source @ rotation`` lies as ``target`` does.
    anchors
        How many pairs of words it was fitted to.
    """

    source: WordVectors
    target: WordVectors
    rotation: np.ndarray
    anchors: int

    @cached_property
    def aligned(self) -> WordVectors:
        """The source's words with rotated vectors: lengths, and cosines among them, stay what they were."""
        rotated = np.empty((len(self.source), self.target.vector_size), np.float32)
        with single_thread():
            for start in range(0, len(rotated), _ROWS):
                rotated[start : start + _ROWS] = self.source.vectors[start : start + _ROWS] @ self.rotation
        return WordVectors(self.source.index_to_key, rotated, self.source.counts)

    def changes(self, topn: int | None = 10, min_count: int = 0) -> list[tuple[str, float]]:
        """Words of both by how far their vectors have moved, 1 minus the cosine, the furthest first.

        Parameters
        ----------
        topn
            How many; ``None`` for all.
        min_count
            Only words that occur so often in each: what is rare moves by chance.

        Raises
        ------
        ParameterError
            If ``min_count`` is given and counts are not known.
        """
        words = [word for word in self.source.index_to_key if word in self.target.key_to_index]
        if min_count:
            often = [dict(zip(side.index_to_key, _counts(side), strict=True)) for side in (self.source, self.target)]
            words = [word for word in words if min(counts[word] for counts in often) >= min_count]
        before, after = (
            unit_rows(side.rows([side.key_to_index[word] for word in words])) for side in (self.aligned, self.target)
        )
        moved = 1 - np.einsum("ij,ij->i", before, after)
        order = np.argsort(-moved, kind="stable")[:topn]
        return [(words[place], float(moved[place])) for place in order]

    def counterparts(self, words: Iterable[str], topn: int = 10) -> list[list[tuple[str, float]]]:
        """For each of some words of the source, the words of the target that are where it is: a translation.

        Raises
        ------
        MissingWordError
            If a word is not there.
        """
        return self.target.similar_by_vectors(self.aligned[list(words)], topn)


def align(source: WordVectors, target: WordVectors, pairs: Iterable[tuple[str, str]] | None = None) -> Alignment:
    """The rotation that brings one set of vectors closest to another.

    Orthogonal Procrustes (Schönemann 1966) on vectors of length 1, as for meanings over time by Hamilton, Leskovec &
    Jurafsky 2016, "Diachronic Word Embeddings Reveal Statistical Laws of Semantic Change", equation 4.

    Parameters
    ----------
    source, target
        Vectors of one length, such as two workspaces' ``vectors("svd")``.
    pairs
        Words of the source and what stands for them in the target, such as a dictionary of two languages; pairs of
        which a word is missing are passed over. All words that both have, unless given.

    Raises
    ------
    ParameterError
        If the vectors differ in length, or no pair is in both.

    Examples
    --------
    >>> before = WordVectors(["a", "b", "c"], np.array([[1, 0], [0, 1], [1, 1]], np.float32))
    >>> after = WordVectors(["a", "b", "c"], np.array([[0, 1], [-1, 0], [-1, 1]], np.float32))
    >>> [word for ((word, _),) in align(before, after).counterparts(["a", "b"], topn=1)]
    ['a', 'b']
    """
    if source.vector_size != target.vector_size:
        raise ParameterError(
            f"the vectors have {source.vector_size} and {target.vector_size} numbers; train both with one vector_size."
        )
    given = ((word, word) for word in source.index_to_key) if pairs is None else pairs
    rows = [
        (source.key_to_index[left], target.key_to_index[right])
        for left, right in given
        if left in source.key_to_index and right in target.key_to_index
    ]
    if not rows:
        raise ParameterError(
            "the vectors have no word in common, or of the pairs given none; there is nothing to go by"
        )
    left, right = np.array(rows, np.int64).T
    with single_thread():
        product = np.zeros((source.vector_size, source.vector_size))
        for start in range(0, len(left), _ROWS):
            a, b = source.rows(left[start : start + _ROWS]), target.rows(right[start : start + _ROWS])
            product += unit_rows(a).astype(np.float64).T @ unit_rows(b).astype(np.float64)
        u, _, v = np.linalg.svd(product)
        rotation = u @ v
    return Alignment(source, target, rotation, len(rows))


def _counts(vectors: WordVectors) -> list[int]:
    if vectors.counts is None:
        raise ParameterError("min_count is given, and these vectors came without counts; leave it out.")
    counts: list[int] = vectors.counts.tolist()
    return counts
