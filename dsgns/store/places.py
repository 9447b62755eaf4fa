"""Where a path or URL leads, and what to say when it cannot be reached or written to."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

import fsspec

from dsgns.errors import DsgnsError, MissingExtraError, WorkspaceError, WorkspaceReadOnlyError, how_to_add
from dsgns.store.patience import impatient


def near_name(given: str, path: Path) -> str | None:
    """The name in a path's folder that is nearest to its own, written as ``given`` is; None where none is near."""
    there = os.listdir(path.parent) if path.parent.is_dir() else []
    near = get_close_matches(path.name, there, 1, cutoff=0.5)
    return os.path.join(os.path.dirname(given), near[0]) if near else None


def local_path(url: str) -> Path | None:
    """The path that a URL names on this machine, or None when it is remote.

    Examples
    --------
    >>> local_path("file:///data/wiki.dsgns").as_posix()
    '/data/wiki.dsgns'
    >>> local_path("s3://bucket/wiki.dsgns") is None
    True
    """
    if url.startswith("file://"):
        return Path(url.removeprefix("file://"))
    return None if "://" in url or "::" in url else Path(url).expanduser().absolute()


def filesystem_of(url: str, **options: object) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system a URL is of, and the path within it.

    Raises
    ------
    MissingExtraError
        If it takes a package that is not installed.
    """
    try:
        found: tuple[fsspec.AbstractFileSystem, str] = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        extra = {"s3": "s3", "s3a": "s3", "http": "http", "https": "http"}.get(url.partition(":")[0])
        how = how_to_add(extra) if extra else ""
        raise MissingExtraError(f"{url} cannot be reached: {error}. {how}".rstrip()) from error
    return found


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Say what is to be done where a remote store does not answer: each one's client has exceptions of its own.

    Raises
    ------
    WorkspaceError
        In place of what is not ours, an :class:`OSError` among them: s3fs refuses bad credentials with PermissionError.
    """
    try:
        with impatient():
            yield
    except DsgnsError:
        raise
    except Exception as error:
        if local_path(url) is not None:
            raise
        raise WorkspaceError(f"{url} cannot be reached: {error}. Check the address and the credentials.") from error


def write_error(root: str, error: OSError) -> OSError:
    """What to raise when a place cannot be written to: ours where we know what to say."""
    if isinstance(error, WorkspaceError):
        return error
    # What remote stores' clients raise has no number.
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return WorkspaceReadOnlyError(
            f"{root} cannot be written to ({error.strerror or error}); make it writable, or choose another --output."
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WorkspaceError(
            f"No space left below {root}. What is finished is kept: free some space and run the same command again."
        )
    return error
