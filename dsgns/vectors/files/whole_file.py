"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsgns.errors import VectorFileError


@contextmanager
def whole_files(*paths: str | os.PathLike[str]) -> Iterator[list[Path]]:
    """Other names to write files under that belong together.

    When the block ends well, all are synced, and only then do they take their own names, one straight after the other:
    where one cannot be written, what was there before stays, all of it.

    Parameters
    ----------
    paths
        What the files shall be called. One that is there is replaced in one step; of a link, what it leads to.

    Raises
    ------
    VectorFileError
        If a pipe, a device or a folder is there.
    """
    for path in paths:
        if os.path.exists(path) and not os.path.isfile(path):
            raise VectorFileError(
                f"{os.fspath(path)} is there and is no file that can be replaced; choose another name."
            )
    finals = [Path(os.path.realpath(path)) for path in paths]
    partials = [final.with_name(f".{final.name}.{uuid.uuid4().hex[:8]}.partial") for final in finals]
    try:
        yield partials
        for partial in partials:
            with partial.open("rb") as file:
                os.fsync(file.fileno())
        for partial, final in zip(partials, finals, strict=True):
            partial.replace(final)
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Another name to write one file under; see :func:`whole_files`."""
    with whole_files(path) as (partial,):
        yield partial
