"""Counts to packed cells of a weighted matrix.

A cell is 32 bits: in the low half how many columns it lies after the one before it in its row (after column 0 for
the first), in the high half its value as a half-precision number. A gap that does not fit is bridged by cells of
value zero.
"""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

WIDEST_GAP = 0xFFFF

_ROUND = np.uint32(0xC8000FFF)  # minus 112 to the exponent, and just under half of the last place that stays
_NORMAL = np.float32(2.0**-14)
_HALF = np.float32(0.5)
_HALF_BITS = np.uint32(0x3F000000)


@kernel(inline="always")
def half_bits(value: float) -> np.uint32:
    """Bits of the half-precision number nearest to a float32 in [0, 65504]; ties go to even."""
    if value < _NORMAL:
        # One half plus the value has the spacing of subnormal halves.
        return np.float32(value + _HALF).view(np.uint32) - _HALF_BITS
    bits = np.float32(value).view(np.uint32)
    return np.uint32(bits + _ROUND + ((bits >> np.uint32(13)) & np.uint32(1))) >> np.uint32(13)


@kernel
def pack_rows(
    indptr: np.ndarray,
    indices: np.ndarray,
    terms: np.ndarray,
    row_terms: np.ndarray,
    column_terms: np.ndarray,
    multiply: bool,
    cells: np.ndarray,
    pointers: np.ndarray,
) -> tuple[int, np.floating, float]:
    """Pack the positive cells of ``term - row_term - column_term``, or of the product of the three.

    Parameters
    ----------
    indptr : shape (rows + 1,), int64
    indices : shape (nonzeros,), int32
        Rising within each row.
    terms : shape (nonzeros,), float32
        Logarithms or square roots of the counts.
    row_terms : shape (rows,), float32
    column_terms : shape (columns,), float32
    multiply
        Whether it is the product.
    cells : uint32
        Changed in place; room for every non-zero and for the bridges over wide gaps.
    pointers : shape (rows + 1,), int64
        Changed in place: where each row begins in ``cells``.

    Returns
    -------
    tuple
        Number of positive cells, the largest value, and the sum of squared values.
    """
    filled, positive, largest, squares = 0, 0, np.float32(0.0), 0.0
    pointers[0] = 0
    for row in range(len(indptr) - 1):
        before = 0
        for t in range(indptr[row], indptr[row + 1]):
            term, other = terms[t], column_terms[indices[t]]
            value = term * (row_terms[row] * other) if multiply else term - row_terms[row] - other
            above, gap = value > np.float32(0.0), indices[t] - before
            while above and gap > WIDEST_GAP:
                cells[filled] = WIDEST_GAP
                gap -= WIDEST_GAP
                filled += 1
            # Written whether it stays or not: a branch that half of the cells take one way is mispredicted.
            value = max(value, np.float32(0.0))
            cells[filled] = (half_bits(value) << np.uint32(16)) | np.uint32(gap)
            filled += above
            positive += above
            before = indices[t] if above else before
            largest = max(largest, value)
            squares += value * value
        pointers[row + 1] = filled
    return positive, largest, squares
