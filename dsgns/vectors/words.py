"""Dense word vectors: in memory, or memory-mapped and never copied whole."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from dsgns.errors import ParameterError
from dsgns.vectors.embedding import CosineBlocks, nonzero
from dsgns.vectors.formats import load_word2vec_format, save_word2vec_format
from dsgns.vectors.neighbours import Neighbours

# Floats looked at in one go: 16 MiB, so that a memory-mapped file passes through little memory.
_BLOCK = 1 << 22


class WordVectors(Neighbours):
    """Words and their vectors, under the names of gensim's ``KeyedVectors``.

    Parameters
    ----------
    words
        One for each row, the most frequent first.
    vectors : shape (V, d), float32
        A ``numpy.memmap`` is read a block of rows at a time. Other float types are converted, which copies.
    counts : shape (V,), integers, optional
        How often each word occurs.

    Raises
    ------
    ParameterError
        If there are not as many words as rows.

    Examples
    --------
    >>> vectors = WordVectors(["red", "blue", "seven"], np.array([[1, 0], [1, 0.5], [0, 1]], np.float32))
    >>> vectors.doesnt_match(["red", "blue", "seven"])
    'seven'
    >>> round(vectors.similarity("red", "blue"), 4)
    0.8944
    """

    def __init__(
        self, words: Sequence[str], vectors: np.ndarray, counts: Sequence[int] | np.ndarray | None = None
    ) -> None:
        super().__init__(words, counts)
        if vectors.ndim != 2 or len(vectors) != len(self):
            raise ParameterError(f"{len(self)} words need vectors of shape ({len(self)}, d); {vectors.shape} is given.")
        self.vectors = vectors if vectors.dtype == np.float32 else np.asarray(vectors, dtype=np.float32)
        self.vector_size = vectors.shape[1]

    def __repr__(self) -> str:
        return f"WordVectors({len(self)} words, vector_size={self.vector_size})"

    @cached_property
    def norms(self) -> np.ndarray:
        """Euclidean lengths of all vectors, shape (V,), float32."""
        norms = np.empty(len(self), np.float32)
        for start, stop in self._blocks(len(self)):
            norms[start:stop] = np.linalg.norm(self.vectors[start:stop], axis=1)
        return norms

    def rows(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """A copy of some vectors, shape (n, d), float32."""
        return np.asarray(self.vectors[np.asarray(indices, dtype=np.int64)])

    def products(self, vector: np.ndarray, stop: int) -> np.ndarray:
        """Inner products of a vector, shape (d,), with rows 0 to ``stop``, shape (stop,), float32."""
        products = np.empty(stop, np.float32)
        for start, end in self._blocks(stop):
            products[start:end] = self.vectors[start:end] @ vector
        return products

    def cosines(self, indices: np.ndarray) -> CosineBlocks:
        """Cosines of some rows with all rows, a block at a time: ``start, stop`` to (n, stop - start), float32."""
        units = self._units(indices)

        def block(start: int, stop: int) -> np.ndarray:
            lengths = nonzero(self.norms[start:stop])
            return (units @ self.vectors[start:stop].T) / lengths

        return block

    def pair_cosines(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Cosines of row ``left[i]`` with row ``right[i]``, shape (n,), float32.

        As gensim does: float32 vectors of length 1, multiplied in float32.
        """
        cosines = np.empty(len(left), np.float32)
        step = max(1, _BLOCK // self.vector_size)
        for start in range(0, len(left), step):
            pairs = zip(self._units(left[start : start + step]), self._units(right[start : start + step]), strict=True)
            cosines[start : start + step] = [first @ second for first, second in pairs]
        return cosines

    def _units(self, indices: np.ndarray) -> np.ndarray:
        """Some vectors brought to length 1 in float64, shape (n, d), rounded to float32."""
        rows = self.rows(indices).astype(np.float64)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows * (1.0 / np.where(lengths == 0, 1.0, lengths))).astype(np.float32)

    def _blocks(self, stop: int) -> list[tuple[int, int]]:
        step = max(1, _BLOCK // max(self.vector_size, 1))
        return [(start, min(start + step, stop)) for start in range(0, stop, step)]

    def save_word2vec_format(self, fname: str | os.PathLike[str], binary: bool = False) -> None:
        """Write the vectors as word2vec does; see :func:`dsgns.vectors.formats.save_word2vec_format`."""
        save_word2vec_format(fname, self.index_to_key, self.vectors, binary=binary)

    @classmethod
    def load_word2vec_format(
        cls,
        fname: str | os.PathLike[str],
        binary: bool = False,
        limit: int | None = None,
        unicode_errors: str = "strict",
    ) -> WordVectors:
        """Read a word2vec or GloVe file; see :func:`dsgns.vectors.formats.load_word2vec_format`."""
        return cls(*load_word2vec_format(fname, binary=binary, limit=limit, unicode_errors=unicode_errors))
