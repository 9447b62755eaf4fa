"""Files of vectors, whoever made them, that commands read and write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dsgns.errors import DsgnsError, VectorFileError

if TYPE_CHECKING:
    from dsgns.vectors.words import WordVectors


def is_file(url: str) -> bool:
    """Whether this is a file on this machine, and so no workspace, which is a folder."""
    return Path(url).is_file()


def load_file(path: str) -> WordVectors:
    """The vectors in a file of any format that ``dsgns convert`` reads.

    Raises
    ------
    SourceNotFoundError, VectorFileError
        If it cannot be read.
    """
    from dsgns.vectors.words import WordVectors

    with told_of(path, "read"):
        return WordVectors.load(path)


@contextmanager
def told_of(file: str, done: str = "written") -> Iterator[None]:
    """What the system has against a file, said in a line."""
    try:
        yield
    except DsgnsError:
        raise
    except OSError as error:
        why = error.strerror or error
        raise VectorFileError(f"{file} cannot be {done} ({why}); choose another place.") from error
