"""Objects in a store such as S3: put whole, listed anew each time, and asked for again where the store is busy."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeVar

import numpy as np

from dsgns.store.patience import patiently
from dsgns.store.places import filesystem_of, write_error

T = TypeVar("T")

STEP = 8 << 20
"""Bytes of a request: what is longer is read, and put, in several. S3 takes parts of 5 MiB to 5 GiB, 10,000 at most."""

_AT_ONCE = 8
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "created")


class Objects:
    """The objects below a URL that fsspec knows.

    An object appears with all its bytes or not at all, and replaces one that is there at once; so there is nothing to
    rename. What another client has put or deleted is seen by the next request.

    Parameters
    ----------
    url
        Of the folder, so to speak, that names are relative to.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # fsspec would keep listings for the life of the process, and look up objects in them.
        self._fs, base = filesystem_of(url, use_listings_cache=False)
        self._base = base.rstrip("/")

    def _at(self, name: str) -> str:
        return f"{self._base}/{name}" if name else self._base

    def _ask(self, request: Callable[[], T]) -> T:
        return patiently(self.url, request)

    def exists(self, name: str) -> bool:
        """Whether there is such an object, or one below that name."""
        return bool(self._ask(lambda: self._fs.exists(self._at(name))))

    def size(self, name: str) -> int:
        """An object's bytes.

        Raises
        ------
        FileNotFoundError
            If there is none.
        """
        return int(self._ask(lambda: self._fs.info(self._at(name)))["size"])

    def modified(self, name: str) -> float | None:
        """When an object was last written, in seconds since 1970; None where its store does not say.

        Raises
        ------
        FileNotFoundError
            If there is none.
        """
        known = self._ask(lambda: self._fs.info(self._at(name)))
        for told in (known[key] for key in _TIMES if known.get(key)):
            when = datetime.fromisoformat(told) if isinstance(told, str) else told
            return when.timestamp() if isinstance(when, datetime) else float(when)
        return None

    def read(self, name: str, start: int = 0, stop: int | None = None) -> bytes:
        """Bytes ``start`` to ``stop`` of an object."""
        if stop is not None and stop <= start:
            return b""  # no range of HTTP's is empty
        return self._ask(lambda: self._fs.cat_file(self._at(name), start=start, end=stop))

    def read_all(self, names: Sequence[str]) -> Iterator[bytes]:
        """Whole objects in order, a few at once."""
        for first in range(0, len(names), _AT_ONCE):
            paths = [self._at(name) for name in names[first : first + _AT_ONCE]]
            yield from self._ask(lambda: self._whole(paths))  # noqa: B023

    def _whole(self, paths: list[str]) -> list[bytes]:
        return self._fs.cat_ranges(paths, [0] * len(paths), [None] * len(paths), on_error="raise")

    def read_into(self, name: str, start: int, out: np.ndarray) -> int:
        """Fill the uint8 array ``out`` from an object's byte ``start`` on; how many bytes there were."""
        got = 0
        while got < out.size:
            data = self.read(name, start + got, start + min(got + STEP, out.size))
            out[got : got + len(data)] = np.frombuffer(data, np.uint8)
            got += len(data)
            if not data:
                break
        return got

    def write(self, name: str, parts: Iterable[memoryview]) -> None:
        """Put an object from its parts; nothing is put where they break off.

        Raises
        ------
        WorkspaceReadOnlyError
            If there is no right to.
        """
        remaining = iter(parts)
        held = bytearray()
        try:
            for part in remaining:
                held += part
                if len(held) > STEP:
                    return self._stream(name, held, remaining)
            self._ask(lambda: self._fs.pipe_file(self._at(name), bytes(held)))
        except PermissionError as error:
            raise write_error(self.url, error) from error

    def _stream(self, name: str, held: bytearray, parts: Iterator[memoryview]) -> None:
        file = self.create_object(name)
        try:
            file.write(held)
            held.clear()
            for part in parts:
                file.write(part)
        except BaseException:
            # To close it would put what there is of it.
            with suppress(Exception):
                file.discard()  # type: ignore[attr-defined]
            raise
        file.close()

    def create_object(self, name: str) -> BinaryIO:
        """An object open to be written, which is there once it is closed; its parts are put on the way."""
        return self._fs.open(self._at(name), "wb", block_size=STEP)

    def put_all(self, objects: Iterable[tuple[str, bytes | memoryview]]) -> None:
        """Put objects by name, a few at once."""
        waiting = iter(objects)
        while few := {self._at(name): bytes(data) for name, data in islice(waiting, _AT_ONCE)}:
            self._ask(lambda: self._fs.pipe(few))

    def create(self, name: str, data: bytes) -> bool:
        """Put an object only if there is none, which S3 decides (``If-None-Match: *``); whether it was this call."""
        path = self._at(name)
        if self.exists(name):  # some stores, and older clients, take no notice of the condition
            return False
        try:
            self._ask(lambda: self._fs.pipe_file(path, data, mode="create"))
        except FileExistsError:
            return False
        except PermissionError as error:
            raise write_error(self.url, error) from error
        except OSError as error:
            if self.exists(name):
                return False
            if error.errno != errno.ENOSYS:
                raise
            # A store without conditions: the later of two at the same moment replaces the earlier one.
            self._ask(lambda: self._fs.pipe_file(path, data))
        return True

    def list(self, folder: str) -> list[str]:
        """The names directly below a folder, sorted; empty when there is no such folder."""
        try:
            found = self._ask(lambda: self._fs.ls(self._at(folder), detail=False))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name.rstrip("/").rsplit("/", 1)[-1] for name in found)

    def remove(self, name: str) -> None:
        """Delete an object and all below its name."""
        for path in self._ask(lambda: list(self._fs.find(self._at(name)))):
            # One by one: fsspec's recursive removal takes brackets in names for patterns.
            with suppress(FileNotFoundError):
                self._ask(lambda: self._fs.rm_file(path))  # noqa: B023

    def remove_object(self, name: str) -> None:
        """Delete one object, without looking for it first."""
        with suppress(FileNotFoundError):
            self._ask(lambda: self._fs.rm_file(self._at(name)))

    def rename(self, name: str, new: str) -> None:
        """Copy an object, and then delete it."""
        self._ask(lambda: self._fs.copy(self._at(name), self._at(new)))
        self.remove_object(name)

    def held(self, folder: str) -> int:
        """The bytes of all objects below a folder."""
        found = self._ask(lambda: self._fs.find(self._at(folder), detail=True))
        return sum(entry["size"] or 0 for entry in found.values())
