"""The rows that a chunk of the corpus needs: which they are, where they are held, and the model that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.sgns.grid import within
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.model import Model, aligned_zeros
from dsgns.sgns.shard import Shard


class Touched(NamedTuple):
    """The words whose rows some replicas update.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    replicas
        int32, beside the words: how many of the replicas update each.
    updates
        int32, beside the words: how often they do together.
    chunks
        The words of each replica alone.
    """

    words: RowMaps
    replicas: RowMaps
    updates: RowMaps
    chunks: tuple[RowMaps, ...]


class Rows(NamedTuple):
    """Some rows of a shard, or changes to them, with their words.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    inputs, outputs
        float32, shape (words, padded d).
    """

    words: RowMaps
    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]


class Held(NamedTuple):
    """Where a task finds the rows of the words that one shard holds.

    Parameters
    ----------
    words
        Word ids, int32, ascending, for either matrix.
    origins
        int32, beside the words: rows of the matrices.
    matrices
        float32, shape (any, padded d): inputs and outputs, never written to.
    """

    words: RowMaps
    origins: RowMaps
    matrices: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

    @classmethod
    def of(cls, source: Shard | Rows, touched: Touched) -> Held:
        """In the shard itself, or in rows that :func:`take` copied out of it."""
        if isinstance(source, Rows):
            origins = RowMaps(*(np.arange(words.size, dtype=np.int32) for words in source.words))
            return cls(source.words, origins, (source.inputs, source.outputs))
        stop = source.start + len(source.inputs)
        words = RowMaps(*(within(ids, source.start, stop) for ids in touched.words))
        origins = RowMaps(*(ids - np.int32(source.start) for ids in words))
        return cls(words, origins, (source.inputs, source.outputs))


def take(shard: Shard, touched: Touched) -> Rows:
    """Copies of a shard's rows for those of the words that it holds."""
    held = Held.of(shard, touched)
    inputs, outputs = (matrix.take(rows, axis=0) for matrix, rows in zip(held.matrices, held.origins, strict=True))
    return Rows(held.words, inputs, outputs)


def assembled(vocabulary_size: int, sources: Sequence[Held]) -> Model:
    """One model of copies of the rows of several shards, with the maps from word to row."""
    matrices, maps = [], []
    for place in range(2):
        words = np.concatenate([held.words[place] for held in sources])
        matrix = aligned_zeros(words.size, sources[0].matrices[place].shape[1])
        for held, own in zip(sources, ranges(sources), strict=True):
            # Whatever may fail half-way NumPy copies to a buffer first: what is out of bounds is clipped instead.
            held.matrices[place].take(held.origins[place], axis=0, out=matrix[own[place]], mode="clip")
        matrices.append(matrix)
        maps.append(places(words, vocabulary_size))
    return Model(matrices[0], matrices[1], RowMaps(*maps))


def ranges(sources: Sequence[Held]) -> Iterator[tuple[slice, slice]]:
    """Where the rows from each shard lie in both matrices of the model that they make together."""
    edges = [np.cumsum([0, *(held.words[place].size for held in sources)]) for place in range(2)]
    for inputs, outputs in zip(pairwise(edges[0]), pairwise(edges[1]), strict=True):
        yield slice(*inputs), slice(*outputs)


def places(words: npt.NDArray[np.int32], vocabulary_size: int) -> npt.NDArray[np.int32]:
    """Word id to place among ``words``; -1 for words that are not there."""
    places = np.full(vocabulary_size, -1, np.int32)
    places[words] = np.arange(words.size, dtype=np.int32)
    return places
