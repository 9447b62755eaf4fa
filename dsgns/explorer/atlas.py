"""Where words lie on a map of two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from dsgns.svd.blas import single_thread
from dsgns.vectors.embedding import unit_rows
from dsgns.vectors.words import WordVectors


class Plane(NamedTuple):
    """The plane through a cloud of points along which they vary most.

    Parameters
    ----------
    mean : shape (d,), float64
    axes : shape (d, 2), float64
        Orthonormal; where there is only one direction, the second is 0.
    """

    mean: np.ndarray
    axes: np.ndarray

    def project(self, rows: np.ndarray) -> np.ndarray:
        """Places of some points, shape (n, 2), float64."""
        return (rows - self.mean) @ self.axes


def principal_plane(rows: np.ndarray) -> Plane:
    """The first two principal components of points of shape (n, d), each towards its largest number.

    Examples
    --------
    >>> plane = principal_plane(np.array([[0.0, 0, 1], [4, 0, 1], [2, 1, 1], [2, -1, 1]]))
    >>> plane.axes.T.tolist(), plane.project(np.array([[3.0, 1, 1]])).tolist()
    ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[1.0, 1.0]])
    """
    with single_thread():
        mean = rows.mean(axis=0, dtype=np.float64)
        centred = rows - mean
        _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = np.zeros((rows.shape[1], 2))
    found = vectors[:, ::-1][:, :2]
    # An eigenvector's sign is the solver's whim; a map should not be mirrored from one machine to the next.
    axes[:, : found.shape[1]] = found * np.sign(found[np.abs(found).argmax(axis=0), range(found.shape[1])])
    return Plane(mean, axes)


class Atlas:
    """A map of the most frequent words of some vectors; any other word has its place there too.

    Vectors are brought to length 1: on the map, as among neighbours, directions count.

    Parameters
    ----------
    vectors
        The words.
    size
        How many of them are on the map, at most.
    """

    def __init__(self, vectors: WordVectors, size: int) -> None:
        self.vectors, self.size = vectors, min(size, len(vectors))

    @cached_property
    def rows(self) -> np.ndarray:
        """The vectors of the words on the map, brought to length 1, shape (size, d), float32."""
        return unit_rows(self.vectors.rows(np.arange(self.size)))

    @cached_property
    def plane(self) -> Plane:
        """That of the words on the map."""
        return principal_plane(self.rows)

    @cached_property
    def places(self) -> np.ndarray:
        """Where the words on the map lie, shape (size, 2), float64."""
        return self.plane.project(self.rows)

    def places_of(self, indices: Sequence[int]) -> np.ndarray:
        """Where some words lie, on the map or not, shape (n, 2), float64."""
        return self.plane.project(unit_rows(self.vectors.rows(indices)))
