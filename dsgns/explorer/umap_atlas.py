"""A map that keeps neighbours together rather than distances: the extra ``umap``."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from dsgns.errors import MissingExtraError, how_to_add
from dsgns.explorer.atlas import Atlas
from dsgns.vectors.embedding import unit_rows

_NEIGHBOURS = 15
_NEAREST = 5
_SEED = 1


def umap_is_there() -> bool:
    """Whether the extra is installed; importing it takes seconds."""
    return importlib.util.find_spec("umap") is not None


class UmapAtlas(Atlas):
    """The most frequent words where UMAP lays them (McInnes, Healy & Melville 2018), by the cosines of their vectors.

    The same vectors are laid in the same way each time. A word that is not on the map is put between those on it that
    are nearest to it.
    """

    @cached_property
    def places(self) -> np.ndarray:
        """Where the words on the map lie, shape (size, 2), float64.

        Raises
        ------
        MissingExtraError
            If umap-learn is not installed.
        """
        if self.size <= 3:  # too few to have neighbourhoods
            return super().places
        try:
            from umap import UMAP
        except ImportError as error:
            raise MissingExtraError(
                f"This map is laid by umap-learn, which is not there. {how_to_add('umap')}"
            ) from error
        near = min(_NEIGHBOURS, self.size - 1)
        laid = UMAP(metric="cosine", n_neighbors=near, random_state=_SEED, n_jobs=1).fit_transform(self.rows)
        return np.asarray(laid, dtype=np.float64)

    def places_of(self, indices: Sequence[int]) -> np.ndarray:
        """Where some words lie, or would, shape (n, 2), float64."""
        asked = np.asarray(indices, dtype=np.int64)
        cosines = unit_rows(self.vectors.rows(asked)) @ self.rows.T
        nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEAREST]
        weights = np.maximum(np.take_along_axis(cosines, nearest, axis=1), 1e-6)
        between = (self.places[nearest] * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1, keepdims=True)
        on_map = asked < self.size
        between[on_map] = self.places[asked[on_map]]
        return between
