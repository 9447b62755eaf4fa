"""The two matrices that are trained, and how they begin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import ROW_MULTIPLE
from dsgns.sgns.kernels.draws import bits_at, key_of
from dsgns.sgns.kernels.positions import RowMaps

_ALIGNMENT = 64
_INITIAL = 1 << 62  # the stream of draws that the initial state comes from; epochs count from 0
_NO_MAP = np.empty(0, np.int32)


class Model(NamedTuple):
    """Input and output rows, all or some of them.

    Parameters
    ----------
    inputs, outputs
        float32, shape (rows, padded d).
    maps
        Word id to row; empty where they are the same.
    """

    inputs: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    maps: RowMaps = RowMaps(_NO_MAP, _NO_MAP)

    @property
    def finite(self) -> bool:
        """Whether every number is one."""
        with np.errstate(invalid="ignore", over="ignore"):
            return bool(np.isfinite(self.inputs.sum()) and np.isfinite(self.outputs.sum()))


def padded(vector_size: int) -> int:
    """Floats in a stored row."""
    return -(-vector_size // ROW_MULTIPLE) * ROW_MULTIPLE


def aligned_zeros(rows: int, columns: int) -> npt.NDArray[np.float32]:
    """Zeros of shape (rows, columns), float32, beginning at a cache line: no vector of a row straddles two."""
    size = rows * columns * 4
    memory = np.zeros(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(np.float32).reshape(rows, columns)


def initial_inputs(start: int, stop: int, vector_size: int, seed: int) -> npt.NDArray[np.float32]:
    """Input rows ``start`` to ``stop`` before training: uniform in (-0.5, 0.5) / d, as word2vec has them.

    Each number is keyed by (seed, row, column), so any part can be made alone.
    """
    rows = aligned_zeros(stop - start, padded(vector_size))
    _fill_uniform(rows, start, vector_size, key_of(seed, _INITIAL))
    return rows


def initial_model(vocabulary_size: int, vector_size: int, seed: int) -> Model:
    """All rows before training; output rows are zero."""
    inputs = initial_inputs(0, vocabulary_size, vector_size, seed)
    return Model(inputs, aligned_zeros(*inputs.shape))


@kernel
def _fill_uniform(rows: npt.NDArray[np.float32], start: int, vector_size: int, key: np.uint64) -> None:
    for row in range(rows.shape[0]):
        bits = bits_at(key, start + row)
        for column in range(vector_size):
            share = (bits_at(bits, column) >> np.uint64(11)) * 2.0**-53
            rows[row, column] = np.float32((share - 0.5) / vector_size)
