"""Products of compressed sparse rows with dense vectors and with each other."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel


@kernel
def row_norms(data: np.ndarray, indptr: np.ndarray, norms: np.ndarray) -> None:
    """Euclidean length of each row.

    Parameters
    ----------
    data : shape (nonzeros,), float32
    indptr : shape (rows + 1,), int64
    norms : shape (rows,), float32
        Written.
    """
    for row in range(len(indptr) - 1):
        total = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            total += float(data[at]) * float(data[at])
        norms[row] = np.sqrt(total)


@kernel
def multiply_vector(
    data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, vector: np.ndarray, products: np.ndarray
) -> None:
    """Inner product of each row with a dense vector, summed in float64.

    Parameters
    ----------
    data, indices, indptr
        Rows: (nonzeros,) float32, (nonzeros,) int32, (rows + 1,) int64.
    vector : shape (columns,), float32
    products : shape (rows,), float32
        Written.
    """
    for row in range(len(indptr) - 1):
        total = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            total += float(data[at]) * float(vector[indices[at]])
        products[row] = total


@kernel(fastmath=True)
def multiply_tile(
    data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, tile: np.ndarray, products: np.ndarray
) -> None:
    """Inner products of each row with the columns of a dense tile.

    Parameters
    ----------
    data, indices, indptr
        Rows: (nonzeros,) float32, (nonzeros,) int32, (rows + 1,) int64.
    tile : shape (columns, b), float32
        C order, so that one non-zero of a row meets one run of memory.
    products : shape (rows, b), float32
        Written.
    """
    width = tile.shape[1]
    for row in range(len(indptr) - 1):
        out = products[row]
        out[:] = 0
        begin, end = indptr[row], indptr[row + 1]
        # Four non-zeros at a time: the row of products is loaded and stored once for all of them.
        unrolled = begin + (end - begin) // 4 * 4
        for at in range(begin, unrolled, 4):
            first, second = tile[indices[at]], tile[indices[at + 1]]
            third, fourth = tile[indices[at + 2]], tile[indices[at + 3]]
            for k in range(width):
                out[k] += (
                    data[at] * first[k] + data[at + 1] * second[k] + data[at + 2] * third[k] + data[at + 3] * fourth[k]
                )
        for at in range(unrolled, end):
            last = tile[indices[at]]
            for k in range(width):
                out[k] += data[at] * last[k]


@kernel
def multiply_pairs(
    data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, left: np.ndarray, right: np.ndarray, products: np.ndarray
) -> None:
    """Inner product of row ``left[i]`` with row ``right[i]``, summed in float64.

    Parameters
    ----------
    data, indices, indptr
        Rows: (nonzeros,) float32, (nonzeros,) int32 rising within a row, (rows + 1,) int64.
    left, right : shape (n,), int64
    products : shape (n,), float32
        Written.
    """
    for pair in range(len(left)):
        a, a_end = indptr[left[pair]], indptr[left[pair] + 1]
        b, b_end = indptr[right[pair]], indptr[right[pair] + 1]
        total = 0.0
        while a < a_end and b < b_end:
            if indices[a] == indices[b]:
                total += float(data[a]) * float(data[b])
                a += 1
                b += 1
            elif indices[a] < indices[b]:
                a += 1
            else:
                b += 1
        products[pair] = total


@kernel
def spread_columns(data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, first: int, tile: np.ndarray) -> None:
    """Lay rows ``first`` and on out as the columns of a dense tile that is all zeros.

    Parameters
    ----------
    data, indices, indptr
        Rows: (nonzeros,) float32, (nonzeros,) int32, (rows + 1,) int64.
    first
        The row that becomes column 0.
    tile : shape (columns, b), float32
        Written where a row has a value; columns beyond the last row stay as they are.
    """
    for k in range(min(tile.shape[1], len(indptr) - 1 - first)):
        for at in range(indptr[first + k], indptr[first + k + 1]):
            tile[indices[at], k] = data[at]
