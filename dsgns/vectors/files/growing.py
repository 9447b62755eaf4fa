"""Rows collected one by one when nobody says how many will come."""

from __future__ import annotations

import numpy as np

_FIRST = 1 << 18
"""Numbers that the first rows have room for."""


class GrowingRows:
    """An array of float32 rows that grows in place.

    The operating system moves pages rather than bytes when a large array is resized, so the peak is the array
    itself; a list of blocks joined at the end would hold everything twice. What a file's first line promises, rows or
    their size, is not trusted with an allocation: there is none before the first row.

    Parameters
    ----------
    size
        Length of a row.

    Examples
    --------
    >>> rows = GrowingRows(2)
    >>> rows.append(np.array([1, 2], np.float32))
    >>> rows.finished()
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._rows = np.empty((0, 1), np.float32)
        self._count = 0

    def append(self, row: np.ndarray) -> None:
        """Add a row of shape (size,)."""
        if self._count == len(self._rows):
            self._grow(self._count + 1)
        self._rows[self._count] = row
        self._count += 1

    def extend(self, rows: np.ndarray) -> None:
        """Add rows, shape (n, size)."""
        if self._count + len(rows) > len(self._rows):
            self._grow(self._count + len(rows))
        self._rows[self._count : self._count + len(rows)] = rows
        self._count += len(rows)

    def finished(self) -> np.ndarray:
        """All rows, shape (n, size), float32; nothing may be added afterwards."""
        if self._count:
            self._resize(self._count)
        return self._rows

    def _grow(self, needed: int) -> None:
        self._resize(max(needed, len(self._rows) * 3 // 2, min(1024, _FIRST // max(self.size, 1))))

    def _resize(self, rows: int) -> None:
        # No view of the array leaves this class before it is finished.
        self._rows.resize((rows, self.size), refcheck=False)
