"""Arrays whose length nobody knows before their end, written as they grow."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from dsgns.store.files import Files
from dsgns.store.layout import DOCUMENT, Layout
from dsgns.store.manifest import checksum
from dsgns.store.places import write_error


class GrowingArray:
    """A one-dimensional array of a group, not compressed; nothing of it stays in memory.

    An array in memory that grows to its end first took the system as long, which clears its pages, as compressing it.

    Parameters
    ----------
    files, folder
        Where it goes.
    dtype
        Of its elements.
    """

    def __init__(self, files: Files, folder: str, dtype: type[np.generic]) -> None:
        self._files, self._folder = files, folder
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._file: BinaryIO | None = None
        self._size = self._crc = 0

    def __len__(self) -> int:
        return self._size

    def append(self, values: np.ndarray) -> None:
        """Write more elements, shape (n,), behind those that are there."""
        if not len(values):
            return
        values = np.ascontiguousarray(values, self._dtype)
        try:
            if self._file is None:
                self._file = self._files.create_object(f"{self._folder}/c/0")
            self._file.write(values.data)
        except OSError as error:
            raise write_error(self._files.root, error) from error
        self._size, self._crc = self._size + values.size, checksum(values, self._crc)

    def finish(self) -> dict[str, Any]:
        """Write what zarr has to know of it; what a manifest keeps of it."""
        self.close()
        layout = Layout.plain((self._size,), self._dtype)
        self._files.put_all([(f"{self._folder}/{DOCUMENT}", layout.document())])
        bytes_ = self._size * self._dtype.itemsize
        return {"shape": [self._size], "dtype": self._dtype.name, "crc32": self._crc, "bytes": bytes_}

    def close(self) -> None:
        """Let go of its file."""
        if self._file is not None:
            self._file.close()
