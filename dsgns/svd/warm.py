"""A start from what is known: the right singular vectors of an earlier result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsgns.store import Output
from dsgns.svd.iterate import SLAB_ROWS


@dataclass(frozen=True)
class KnownVectors:
    """The right singular vectors of a completed factorisation.

    Parameters
    ----------
    output
        Holds them.
    count
        How many, those of singular value 0 left out.
    """

    output: Output
    count: int

    @classmethod
    def of(cls, output: Output) -> KnownVectors:
        """Those of a completed ``svd`` output."""
        return cls(output, int(np.count_nonzero(output.read("spectrum", "singular_values")["singular_values"])))

    def slabs(self, start: int, stop: int) -> Iterator[tuple[int, np.ndarray]]:
        """First row and rows, shape (up to SLAB_ROWS, count), float32, of rows ``start`` to ``stop``, in order."""
        for name, manifest in self.output.manifests("right").items():
            first, last = max(start, manifest.facts["start"]), min(stop, manifest.facts["stop"])
            if first < last:
                rows = self.output.read(name, "rows")["rows"][:, : self.count]
                for row in range(first, last, SLAB_ROWS):
                    offset = row - manifest.facts["start"]
                    yield row, rows[offset : offset + min(SLAB_ROWS, last - row)]
