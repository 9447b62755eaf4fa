"""The steps of :mod:`dsgns.pmi.vector_lanes` as loops that any host compiles."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel
from dsgns.pmi.vector_lanes import WIDTH


@kernel
def sum_eights(data: np.ndarray, indices: np.ndarray, weights: np.ndarray, start: int, stop: int) -> float:
    """The sum of ``data * weights[indices]`` over whole eights of cells, ``start`` to ``stop``: lane by lane first."""
    lanes = np.zeros(WIDTH)
    for first in range(start, stop, WIDTH):
        for lane in range(WIDTH):
            lanes[lane] += np.float64(data[first + lane]) * weights[np.uint32(indices[first + lane])]
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))


@kernel
def root8(data: np.ndarray, indices: np.ndarray, column: np.ndarray, out: np.ndarray, row: float, at: int) -> None:
    """Write ``sqrt(data) * (row * column[indices])``, float32, of the eight cells from ``at`` on to ``out``."""
    for cell in range(at, at + WIDTH):
        out[cell] = np.sqrt(np.float64(data[cell])) * (row * column[np.uint32(indices[cell])])
