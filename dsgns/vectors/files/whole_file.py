"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsgns.errors import VectorFileError


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Another name to write a file under; when the block ends well it is synced and takes its own name.

    Parameters
    ----------
    path
        What the file shall be called. One that is there is replaced in one step; of a link, what it leads to.

    Raises
    ------
    VectorFileError
        If a pipe, a device or a folder is there.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise VectorFileError(f"{os.fspath(path)} is there and is no file that can be replaced; choose another name.")
    final = Path(os.path.realpath(path))
    partial = final.with_name(f".{final.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        yield partial
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)
