"""The same product as :mod:`dsgns.svd.kernels.vector_tiles`, as loops that any host compiles."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.svd.kernels.lanes import LANES
from dsgns.svd.kernels.pack import half_bits

HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
"""The float32 that each pattern of 16 bits stands for as a half-precision number."""


@kernel
def halve(values: np.ndarray, start: int, scale: float, out: np.ndarray, offset: int) -> None:
    """Write the bits of LANES of ``scale * values``, from ``start`` on, as halves to ``out`` from ``offset`` on."""
    for k in range(LANES):
        value = np.float32(values[start + k] * scale)
        sign = (value.view(np.uint32) >> np.uint32(16)) & np.uint32(0x8000)
        out[offset + k] = half_bits(np.float32(abs(value))) | sign


@kernel
def row_product(
    cells: np.ndarray,
    first: int,
    last: int,
    tile: np.ndarray,
    scale: float,
    out: np.ndarray,
    offset: int,
    vectors: tuple[int, ...],
) -> None:
    """Write ``scale`` times one row's product to ``out[offset : offset + width]``."""
    width = tile.shape[1]
    for k in range(width):
        out[offset + k] = np.float32(0.0)
    column = 0
    for t in range(first, last):
        column += cells[t] & np.uint32(0xFFFF)
        value = HALVES[cells[t] >> np.uint32(16)]
        for k in range(width):
            out[offset + k] += value * HALVES[tile[column, k]]
    for k in range(width):
        out[offset + k] *= scale
