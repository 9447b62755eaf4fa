"""Whole files in a folder or under a URL: written so that a file that exists is complete, if it was to last."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from dsgns.store.objects import Objects
from dsgns.store.places import local_path, write_error

PARTIAL = ".partial"
"""What the names of files and folders end with that are not whole yet."""


class Files:
    """The files below one root, local or remote.

    Local files are written under another name, synced to the disk and renamed, so that neither a kill nor
    a power cut leaves half a file under its final name; after a power cut those that were not to last may be empty
    or hold zeros. Remote stores put whole objects; see :class:`~dsgns.store.objects.Objects`.

    Parameters
    ----------
    root
        A path, or a URL that fsspec knows.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.local = local_path(root)
        if self.local is None:
            self._objects = Objects(root)

    def path(self, name: str) -> Path | None:
        """Where a file lies on this machine, or None when the root is remote."""
        return None if self.local is None else self.local / name

    def exists(self, name: str) -> bool:
        """Whether the file is there."""
        path = self.path(name)
        return path.exists() if path is not None else self._objects.exists(name)

    def size(self, name: str) -> int:
        """The file's size in bytes; -1 when it is not there."""
        try:
            path = self.path(name)
            return path.stat().st_size if path is not None else self._objects.size(name)
        except FileNotFoundError:
            return -1

    def modified(self, name: str) -> float | None:
        """When the file was last written, in seconds since 1970; None if it is not there, or its store does not say."""
        try:
            path = self.path(name)
            return path.stat().st_mtime if path is not None else self._objects.modified(name)
        except FileNotFoundError:
            return None

    def read(self, name: str, start: int = 0, stop: int | None = None) -> bytes:
        """Bytes ``start`` to ``stop`` of a file."""
        path = self.path(name)
        if path is None:
            return self._objects.read(name, start, stop)
        with path.open("rb") as file:
            file.seek(start)
            return file.read() if stop is None else file.read(stop - start)

    def read_all(self, names: Sequence[str]) -> Iterator[bytes]:
        """Whole files in order: one after the other from a disk, a few at once from an object store."""
        if self.local is not None:
            yield from map(self.read, names)
        else:
            yield from self._objects.read_all(names)

    def read_into(self, name: str, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` with the bytes of a file from ``start`` on.

        Raises
        ------
        EOFError
            If the file ends before ``out`` is full.
        """
        path = self.path(name)
        if path is None:
            got = self._objects.read_into(name, start, out)
        else:
            with path.open("rb", buffering=0) as file:
                file.seek(start)
                got, view = 0, out.data
                while got < out.size and (step := file.readinto(view[got:])):
                    got += step
        if got < out.size:
            raise EOFError(f"{name}: {got} bytes from offset {start}, {out.size} expected")

    def write(self, name: str, parts: Iterable[bytes | memoryview | np.ndarray], *, lasting: bool = True) -> None:
        """Write a file from its parts, replacing one that is there.

        Parameters
        ----------
        lasting
            Whether to wait until a local disk has it. A file that is not waited for survives the process, not a power
            cut: under its name may then be less than was written.

        Raises
        ------
        WorkspaceReadOnlyError
            If the place cannot be written to.
        """
        path = self.path(name)
        if path is None:
            return self._objects.write(name, map(as_bytes, parts))
        partial = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{PARTIAL}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                for part in parts:
                    file.write(as_bytes(part))
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
            partial.replace(path)
            if lasting:
                _sync(path.parent)
        except OSError as error:
            raise write_error(self.root, error) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def aside(self, name: str) -> str:
        """Where to write what is to be moved to a name: beside it on a disk; on an object store there is no moving."""
        if self.local is None:
            return name
        folder, _, last = name.rpartition("/")
        return f"{folder}/.{last}.{uuid.uuid4().hex[:8]}{PARTIAL}"

    def move(self, place: str, name: str) -> None:
        """Put a file or a folder that was written aside in the place of what has its name; not synced yet."""
        if place == name:
            return
        made, final = self.local / place, self.local / name  # type: ignore[operator]
        try:
            while True:
                try:
                    made.replace(final)
                    return
                except OSError as error:
                    if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                        raise
                # A folder that is not empty has to make room first.
                old = self.local / self.aside(name)  # type: ignore[operator]
                with suppress(FileNotFoundError):
                    final.replace(old)
                shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise write_error(self.root, error) from error

    def rename(self, name: str, new: str) -> None:
        """Give a file another name in its folder; on an object store it is copied there."""
        path = self.path(name)
        if path is None:
            self._objects.rename(name, new)
        else:
            path.replace(self.local / new)  # type: ignore[operator]
            _sync(path.parent)

    def put_all(self, files: Iterable[tuple[str, bytes | memoryview]]) -> None:
        """Write files by name that nobody looks for yet; on a local disk they are only sure to stay after a sync."""
        if self.local is None:
            return self._objects.put_all(files)
        made = None
        try:
            for name, data in files:
                path = self.local / name
                if path.parent != made:
                    made = path.parent
                    made.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        except OSError as error:
            raise write_error(self.root, error) from error

    def create_object(self, name: str) -> BinaryIO:
        """A file that nobody looks for yet, open to be written; it is as sure to stay as one of :meth:`put_all`."""
        if self.local is None:
            return self._objects.create_object(name)
        path = self.local / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    def create(self, name: str, data: bytes) -> bool:
        """Write a file only if there is none; whether it was this call that wrote it."""
        path = self.path(name)
        if path is None:
            return self._objects.create(name, data)
        whole = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{PARTIAL}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole.write_bytes(data)
            # A link appears with its content; a file opened for writing would be seen empty.
            os.link(whole, path)
        except FileExistsError:
            return False
        except OSError as error:
            raise write_error(self.root, error) from error
        finally:
            with suppress(OSError):
                whole.unlink(missing_ok=True)
        return True

    def list(self, folder: str) -> list[str]:
        """The names directly below a folder, sorted; empty when there is no such folder."""
        path = self.path(folder)
        try:
            if path is not None:
                return sorted(entry.name for entry in os.scandir(path))
            return self._objects.list(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def remove(self, name: str) -> None:
        """Delete a file or a whole folder; nothing happens when there is none."""
        path = self.path(name)
        if path is None:
            self._objects.remove(name)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def remove_file(self, name: str) -> None:
        """Delete a file, not a folder; nothing happens when there is none."""
        path = self.path(name)
        if path is None:
            self._objects.remove_object(name)
        else:
            path.unlink(missing_ok=True)

    def remove_empty(self, folder: str) -> None:
        """Delete a folder in which nothing is left; object stores have none."""
        path = self.path(folder)
        if path is not None:
            with suppress(OSError):
                path.rmdir()

    def held(self, folder: str) -> int:
        """The bytes of all files below a folder."""
        path = self.path(folder)
        if path is None:
            return self._objects.held(folder)
        return sum(file.lstat().st_size for file in path.rglob("*") if file.is_file())

    def sync(self, folder: str) -> None:
        """Force what was written below a folder onto the disk."""
        path = self.path(folder)
        if path is not None:
            _sync_below(os.fspath(path))


def as_bytes(part: bytes | memoryview | np.ndarray) -> memoryview:
    """A view of the bytes of a piece of data; arrays must be contiguous."""
    view = part.data if isinstance(part, np.ndarray) else memoryview(part)
    # A view without elements cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(b"")


def _sync_below(folder: str) -> None:
    """Force a folder, and all files and folders in it, onto the disk.

    `os.walk` and files with buffers took a quarter of the CPU seconds that forcing a block took with them.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _sync_below(entry.path)
            else:
                _sync(entry.path)
    _sync(folder)


def _sync(path: str | Path) -> None:
    """Force a file, or a folder's entries, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
