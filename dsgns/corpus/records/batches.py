"""Rows of Arrow tables in bounded memory: how large they are, where they are cut, and which batches are refused."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np

from dsgns.corpus.records.report import LONGEST_RECORD
from dsgns.errors import CorpusError

ROWS = 1024
"""Rows that become text together, at most."""

BATCH = 4 << 20
"""Bytes that they have in all, about; a longer row is alone."""

LONGEST_BATCH = 128 << 20
"""Bytes in one record batch, of a stream all columns, at most: Arrow has no way to read less of it."""


def sizes_of(values: Any) -> np.ndarray:
    """Bytes in each of some strings, int64; 0 for nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        once = np.append(sizes_of(values.dictionary), 0)
        return once[values.indices.cast(pa.int64()).fill_null(once.size - 1).to_numpy(zero_copy_only=False)]
    if pa.types.is_null(values.type):
        return np.zeros(len(values), np.int64)
    if pa.types.is_string_view(values.type) or pa.types.is_binary_view(values.type):
        # A view is four int32, of which the first is the size.
        views = np.frombuffer(values.buffers()[1], np.int32).reshape(-1, 4)[values.offset :][: len(values)]
        return np.where(values.is_valid().to_numpy(zero_copy_only=False), views[:, 0], 0).astype(np.int64)
    return pc.binary_length(values).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)


def cuts_of(sizes: np.ndarray) -> np.ndarray:
    """Where rows are cut into those that become text together, both ends included; those that are too long are alone.

    Parameters
    ----------
    sizes
        Of each row in bytes, int64.
    """
    if 0 < sizes.size <= ROWS and sizes.sum() <= min(BATCH, LONGEST_RECORD):
        return np.array([0, sizes.size])
    full = np.flatnonzero(np.diff(np.cumsum(sizes) // BATCH)) + 1
    too_long = np.flatnonzero(sizes > LONGEST_RECORD)
    return np.unique(np.concatenate((np.arange(0, sizes.size, ROWS), full, too_long, too_long + 1, [sizes.size])))


def require_bounded(values: Any, url: str) -> Any:
    """The same values, unless they were packed and are too large.

    Raises
    ------
    CorpusError
        If they are.
    """
    if values.nbytes > LONGEST_BATCH:
        raise _too_large(url)
    return values


def _too_large(url: str) -> CorpusError:
    return CorpusError(
        f"{url} has a record batch of more than {LONGEST_BATCH >> 20} MiB, which has to be held as a whole. Write it "
        "anew in smaller ones (write_table(table, max_chunksize=1000), or chunksize with write_feather), or as Parquet."
    )


class Bounded(io.RawIOBase):
    """An open file of which nothing large is read at once."""

    def __init__(self, file: BinaryIO, url: str) -> None:
        self._file, self._url = file, url

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """As many bytes as there are, up to ``size``."""
        if size > LONGEST_BATCH:
            raise _too_large(self._url)
        return self._file.read(size)


class Joined(io.RawIOBase):
    """Pieces of bytes as a file whose beginning may be read again, and of which nothing large is read at once."""

    def __init__(self, pieces: Iterable[bytes], url: str) -> None:
        self._pieces, self._url, self._held = iter(pieces), url, b""
        self._begun: bytes | None = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def rewind(self) -> None:
        """Go back to the beginning, for once."""
        self._held, self._begun = (self._begun or b"") + self._held, None

    def read(self, size: int = -1) -> bytes:
        """As many bytes as there are, up to ``size``."""
        if size > LONGEST_BATCH:
            raise _too_large(self._url)
        taken = bytearray()
        while size < 0 or len(taken) < size:
            self._held = self._held or next(self._pieces, b"")
            if not self._held:
                break
            step = len(self._held) if size < 0 else size - len(taken)
            taken += self._held[:step]
            self._held = self._held[step:]
        if self._begun is not None:
            self._begun += taken
        return bytes(taken)
