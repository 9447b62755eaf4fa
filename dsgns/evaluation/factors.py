"""The two sides of a factorised matrix of scores, w . c, read from the workspace as needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsgns.store import Manifest, Output

_SIDES = {"svd": ("left", "right"), "sgns": ("input", "output")}


@dataclass(frozen=True)
class Factors:
    """Word and context vectors of a completed ``svd`` or ``sgns`` output.

    Of an SVD they are U S^.5 and V S^.5; how the singular values are shared out makes no difference to the
    products, which are those of U S V^T.
    """

    output: Output

    @cached_property
    def scale(self) -> np.ndarray | None:
        """What the columns of both sides are multiplied by, shape (d,), float32; None for SGNS."""
        if self.output.stage == "sgns":
            return None
        values = self.output.read("spectrum", "singular_values")["singular_values"]
        return np.sqrt(values).astype(np.float32)

    @cached_property
    def vector_size(self) -> int:
        """Length of a vector."""
        return int(self._blocks(0)[0].arrays["rows"]["shape"][1])

    @cached_property
    def largest_block(self) -> int:
        """Bytes of the largest block of rows."""
        return max(manifest.arrays["rows"]["bytes"] for side in (0, 1) for manifest in self._blocks(side))

    def words(self, rows: np.ndarray) -> np.ndarray:
        """Word vectors of some rows, rising, shape (n, d), float32."""
        vectors = np.empty((len(rows), self.vector_size), np.float32)
        for manifest in self._blocks(0):
            begin, end = np.searchsorted(rows, [manifest.facts["start"], manifest.facts["stop"]])
            if begin < end:
                block = self.output.read(manifest.name, "rows")["rows"]
                vectors[begin:end] = block[rows[begin:end] - manifest.facts["start"]]
        return self._scaled(vectors)

    def contexts(self, tile: int) -> Iterator[np.ndarray]:
        """All context vectors in order, at most ``tile`` at a time, shape (m, d), float32."""
        for manifest in self._blocks(1):
            block = self._scaled(self.output.read(manifest.name, "rows")["rows"])
            for start in range(0, len(block), tile):
                yield block[start : start + tile]

    def _scaled(self, vectors: np.ndarray) -> np.ndarray:
        return vectors if self.scale is None else vectors * self.scale

    def _blocks(self, side: int) -> list[Manifest]:
        return list(self.output.manifests(_SIDES[self.output.stage][side]).values())
