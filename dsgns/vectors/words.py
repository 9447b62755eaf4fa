"""Dense word vectors: in memory, or memory-mapped and never copied whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from dsgns.errors import ParameterError
from dsgns.vectors.batches import best_of
from dsgns.vectors.embedding import CosineBlocks, nonzero, unit_rows
from dsgns.vectors.files import formats as files
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.keyed_vectors import from_gensim, to_gensim
from dsgns.vectors.neighbours import Neighbours
from dsgns.vectors.postprocessing import fit

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
            rows = self.vectors[start:stop]
            # A third of what numpy.linalg.norm takes, which squares into another array.
            norms[start:stop] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
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
        return self._cosines_with_all(self._units(indices))

    def _cosines_with_all(self, units: np.ndarray) -> CosineBlocks:
        def block(start: int, stop: int) -> np.ndarray:
            lengths = nonzero(self.norms[start:stop])
            return (units @ self.vectors[start:stop].T) / lengths

        return block

    def similar_by_vectors(
        self, vectors: np.ndarray, topn: int = 10, restrict_vocab: int | None = None
    ) -> list[list[tuple[str, float]]]:
        """The words whose vectors have the highest cosines with each of some others, such as words of another language.

        Parameters
        ----------
        vectors : shape (q, d), floats
        topn, restrict_vocab
            As in :meth:`most_similar`.

        Raises
        ------
        ParameterError
            If the vectors have another length.
        """
        given = np.asarray(vectors)
        if given.ndim != 2 or given.shape[1] != self.vector_size:
            raise ParameterError(f"vectors have the shape {given.shape}; it must be (n, {self.vector_size}).")
        none = np.empty((len(given), 0), np.int64)
        return self._rankings(best_of(self._cosines_with_all(unit_rows(given)), none, self._stop(restrict_vocab), topn))

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
        return unit_rows(self.rows(indices))

    def _blocks(self, stop: int) -> list[tuple[int, int]]:
        step = max(1, _BLOCK // max(self.vector_size, 1))
        return [(start, min(start + step, stop)) for start in range(0, stop, step)]

    def postprocessed(self, post: str, components: int | None = None) -> WordVectors:
        """The same words with vectors that are centred, or without their first directions, or whitened; in memory.

        Parameters
        ----------
        post, components
            As in :meth:`dsgns.Workspace.vectors`; see :mod:`dsgns.vectors.postprocessing`.

        Raises
        ------
        ParameterError
            If there is no such post-processing, or it takes counts and there are none.

        Examples
        --------
        >>> vectors = WordVectors(["a", "b"], np.array([[1, 2], [3, 2]], np.float32))
        >>> vectors.postprocessed("centre").vectors.tolist()
        [[-1.0, 0.0], [1.0, 0.0]]
        """
        affine = fit(post, self._row_blocks, self.counts, components)
        made = np.empty((len(self), self.vector_size), np.float32)
        for start, rows in self._row_blocks():
            made[start : start + len(rows)] = affine.apply(rows)
        return WordVectors(self.index_to_key, made, self.counts)

    def _row_blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        return ((start, self.vectors[start:stop]) for start, stop in self._blocks(len(self)))

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:  # noqa: A002
        """Write words, vectors and, where the format has a place for them, counts; whole or not at all.

        Parameters
        ----------
        path
            On this machine. ``.gz``, ``.bz2``, ``.xz`` and ``.zst`` are compressed, in formats of text and in
            ``word2vec-binary``.
        format
            What the file's ending says, unless given: a name from :data:`dsgns.vectors.files.formats.FORMATS`.

        Raises
        ------
        ParameterError
            If there is no such format.
        VectorFileError
            If a word does not fit the format, or there is something at the path that is no file.
        MissingExtraError
            If the format needs a package that is not installed.
        """
        files.save(path, Table(self.index_to_key, self.vectors, self.counts), format)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        format: str | None = None,  # noqa: A002
        *,
        limit: int | None = None,
        encoding: str | None = None,
        unicode_errors: str = "strict",
    ) -> WordVectors:
        """Words and vectors from a file of any format that :meth:`save` writes, whoever wrote it.

        Parameters
        ----------
        path
            For formats of text and ``word2vec-binary`` a path or an fsspec URL, plain, compressed or in a zip archive;
            else a path on this machine. ``npy`` and ``safetensors`` are memory-mapped.
        format
            What the file's ending says, unless given; where that says nothing, text, with or without a first line.
        limit
            Read only this many words.
        encoding, unicode_errors
            Of words in text and binary files, as in ``bytes.decode``; UTF-8 unless given.

        Raises
        ------
        SourceNotFoundError
            If there is no such file.
        VectorFileError
            If it cannot be read; the message names the file and the line.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "glove.txt").write_text("the 1 2\\nof 3 4\\n")
        ...     WordVectors.load(Path(folder, "glove.txt"))
        WordVectors(2 words, vector_size=2)
        """
        table = files.load(path, Reading(limit, encoding, unicode_errors), format)
        return cls(table.words, table.vectors, table.counts)

    def save_word2vec_format(self, fname: str | os.PathLike[str], binary: bool = False) -> None:
        """Write a file as word2vec does: text, or float32 bytes; see :meth:`save`."""
        self.save(fname, "word2vec-binary" if binary else "word2vec")

    @classmethod
    def load_word2vec_format(
        cls,
        fname: str | os.PathLike[str],
        binary: bool = False,
        limit: int | None = None,
        unicode_errors: str = "strict",
    ) -> WordVectors:
        """Read a file of word2vec, GloVe or fastText (``.vec``); see :meth:`load`."""
        form = "word2vec-binary" if binary else "word2vec"
        return cls.load(fname, form, limit=limit, unicode_errors=unicode_errors)

    def to_gensim(self) -> Any:
        """A ``gensim.models.KeyedVectors`` of the same words, which shares the vectors.

        Raises
        ------
        MissingExtraError
            If gensim is not installed.
        """
        return to_gensim(Table(self.index_to_key, self.vectors, self.counts))

    @classmethod
    def from_gensim(cls, keyed: Any) -> WordVectors:
        """Words and vectors of a gensim ``KeyedVectors`` in memory, or of a model's ``wv``; float32 ones are shared.

        Raises
        ------
        ParameterError
            If it is none of these.
        """
        table = from_gensim(keyed)
        return cls(table.words, table.vectors, table.counts)
