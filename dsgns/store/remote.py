"""A file in a remote store, read from anywhere and asked for again where the store is busy."""

from __future__ import annotations

import io
from typing import Any

from dsgns.errors import CorpusError
from dsgns.store.patience import patiently

STEP = 8 << 20
"""Bytes that are fetched, and held, at a time."""


class RemoteFile(io.RawIOBase):
    """A file of fsspec's, open for reading.

    Parameters
    ----------
    url
        Of the file, to be named where the store does not answer.
    file
        What fsspec opened; it is closed with this one.
    """

    def __init__(self, url: str, file: Any) -> None:
        self._url, self._file = url, file

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from anywhere."""
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte; where that is, from the start."""
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        """The byte that is read next."""
        return int(self._file.tell())

    def readinto(self, out: Any) -> int:
        """Fill ``out`` with the next bytes; how many there were.

        Raises
        ------
        WorkspaceError
            If the store does not answer for a minute.
        CorpusError
            If the web server gives files as a whole only, and this is too large a one.
        """
        try:
            return int(patiently(self._url, lambda: self._file.readinto(out)))
        except ValueError as error:
            raise CorpusError(
                f"{self._url} can be read from its beginning only ({error}); give a copy of it on a disk or in a store."
            ) from error

    def close(self) -> None:
        """Close it, and the file below."""
        if not self.closed:
            self._file.close()
        super().close()
