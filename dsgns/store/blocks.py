"""Blocks: named arrays or raw files under one folder, each whole or not there, or found damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dsgns import progress
from dsgns.errors import CorruptBlockError
from dsgns.store import arrays as zarrays
from dsgns.store.files import Files, as_bytes
from dsgns.store.growing import GrowingArray
from dsgns.store.keys import safe_name
from dsgns.store.manifest import Manifest, checksum, describe
from dsgns.store.places import write_error

_MANIFEST = ".manifest.json"
_RAW = ".bin"
_STEP = 8 << 20


@dataclass(frozen=True)
class Blocks:
    """The blocks in the folder ``<stage>/<key>`` of a workspace: small, picklable, safe to hand to tasks.

    A block is written data first, then its manifest; one without a manifest does not exist.
    """

    url: str
    stage: str
    key: str

    @cached_property
    def files(self) -> Files:
        """The workspace's files."""
        return Files(self.url)

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url, "stage": self.stage, "key": self.key}

    def _in(self, name: str) -> str:
        # Names come out of manifests and plans too, which anybody may have written.
        if name and not safe_name(name):
            raise CorruptBlockError(
                f"{name!r} is no name of a block of {self.stage}/{self.key} in {self.url}: it would lead out of it. "
                "The workspace is damaged, or not to be trusted."
            )
        return f"{self.stage}/{self.key}/{name}" if name else f"{self.stage}/{self.key}"

    def write(
        self,
        name: str,
        arrays: Mapping[str, np.ndarray],
        *,
        facts: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Manifest:
        """Write a block of named arrays, replacing one that is there.

        Parameters
        ----------
        name
            Such as ``rows/00012``; it becomes a zarr group.
        arrays
            Any shapes and dtypes.
        facts
            Kept in the manifest; JSON-able.
        attributes
            Of the zarr group, for other tools to read.
        """
        return self.settle(self.put(name, arrays, facts=facts, attributes=attributes))

    def put(
        self,
        name: str,
        arrays: Mapping[str, np.ndarray],
        *,
        facts: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Manifest:
        """The first half of :meth:`write`: its data are with the system, and nobody sees a block yet."""
        self.files.remove_file(self._in(name + _MANIFEST))
        zarrays.write_group(self.url, self._in(name), arrays, attributes or {})
        return Manifest(name, dict(facts or {}), {key: describe(value) for key, value in arrays.items()})

    def settle(self, block: Manifest) -> Manifest:
        """The second half: force the data onto the disk, then say that the block is there."""
        try:
            self.files.sync(self._in(block.name))
        except OSError as error:
            raise write_error(self.url, error) from error
        return self._declare(block)

    def write_growing(
        self,
        name: str,
        arrays: Mapping[str, type[np.generic]],
        fill: Callable[[dict[str, GrowingArray]], Mapping[str, Any]],
    ) -> Manifest:
        """Write a block of one-dimensional arrays, by name and dtype, which ``fill`` appends to; the facts are its."""
        self.files.remove_file(self._in(name + _MANIFEST))
        zarrays.begin_group(self.files, self._in(name), {})
        with ExitStack() as stack:
            grown = {key: GrowingArray(self.files, f"{self._in(name)}/{key}", dtype) for key, dtype in arrays.items()}
            for array in grown.values():
                stack.callback(array.close)
            facts = fill(grown)
            told = {key: array.finish() for key, array in grown.items()}
        return self.settle(Manifest(name, dict(facts), told))

    def write_bytes(
        self,
        name: str,
        parts: Iterable[bytes | memoryview | np.ndarray],
        *,
        facts: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = None,
        lasting: bool = True,
    ) -> Manifest:
        """Write a block that is one raw file, from its parts in order; ``facts()`` is asked after the last part.

        One that is not ``lasting`` is not forced onto the disk: it is deleted before long. After a power cut its
        checksum may fail, and it is made anew as a damaged one is.
        """
        self.files.remove_file(self._in(name + _MANIFEST))
        size = crc = 0

        def counted() -> Iterator[np.ndarray]:
            nonlocal size, crc
            for part in parts:
                view = np.frombuffer(as_bytes(part), np.uint8)
                size, crc = size + view.size, checksum(view, crc)
                yield view

        self.files.write(self._in(name + _RAW), counted(), lasting=lasting)
        raw = {"shape": [size], "dtype": "uint8", "crc32": crc, "bytes": size}
        said = facts() if callable(facts) else facts
        return self._declare(Manifest(name, dict(said or {}), {_RAW: raw}), lasting=lasting)

    def _declare(self, manifest: Manifest, *, lasting: bool = True) -> Manifest:
        manifest = progress.measured(manifest)
        self.files.write(self._in(manifest.name + _MANIFEST), [manifest.to_json()], lasting=lasting)
        return manifest

    def amend(self, manifest: Manifest) -> None:
        """Write a block's manifest again, with what was measured from outside."""
        self._declare(manifest)

    def read(self, name: str, *arrays: str) -> dict[str, np.ndarray]:
        """Whole arrays of a block, all of them unless some are named.

        Raises
        ------
        CorruptBlockError
            If the block is missing or its bytes fail their checksum.
        """
        manifest = self._expect(name)
        return {key: self._read_checked(manifest, key) for key in arrays or manifest.arrays}

    def _read_checked(self, manifest: Manifest, key: str) -> np.ndarray:
        try:
            values = zarrays.read_array(self.url, self._in(manifest.name), key)
        except FileNotFoundError as error:
            raise self._corrupt(manifest.name, f"{key} is not there") from error
        except (MemoryError, OSError):
            raise  # says nothing of the bytes: sound blocks must not be thrown away for it
        except Exception as error:  # decoders raise what they please on damaged bytes
            raise self._corrupt(manifest.name, f"{key} cannot be read ({error})") from error
        if describe(values) != manifest.arrays[key]:
            raise self._corrupt(manifest.name, f"{key} fails its checksum")
        return values

    def read_slice(self, name: str, array: str, start: int, stop: int) -> np.ndarray:
        """Rows ``start`` to ``stop`` of one array of a block; the checksum is of the whole, so not looked at."""
        return zarrays.read_array(self.url, self._in(name), array, start, stop)

    def read_bytes(self, name: str, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Bytes ``start`` to ``stop`` of a raw block, shape (stop - start,), uint8."""
        size = self._expect(name).arrays[_RAW]["bytes"]
        out = np.empty((size if stop is None else stop) - start, np.uint8)
        self.read_bytes_into(name, start, out)
        return out

    def read_bytes_into(self, name: str, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` from a raw block's byte ``start`` on."""
        try:
            self.files.read_into(self._in(name + _RAW), start, out)
        except (EOFError, FileNotFoundError) as error:
            raise self._corrupt(name, str(error)) from error

    def path(self, name: str) -> Path | None:
        """Where a raw block lies on this machine; None in a remote workspace."""
        return self.files.path(self._in(name + _RAW))

    def untouched(self, name: str) -> bool:
        """Whether a raw block on this machine is as long as its manifest says, and older: nobody wrote to it since.

        Unlike :meth:`check` this reads none of it, so it takes no notice of a disk that forgets.
        """
        path, manifest = self.path(name), self.manifest(name)
        if path is None or manifest is None:
            return False
        try:
            data, told = path.stat(), path.with_name(path.name.removesuffix(_RAW) + _MANIFEST).stat()
        except FileNotFoundError:
            return False
        return data.st_size == manifest.arrays[_RAW]["bytes"] and data.st_mtime_ns < told.st_mtime_ns

    def check(self, name: str) -> bool:
        """Whether a block is there and its bytes match their checksums."""
        try:
            manifest = self._expect(name)
            for key, known in manifest.arrays.items():
                if key == _RAW:
                    if self._raw_checksum(name, known["bytes"]) != known["crc32"]:
                        return False
                else:
                    self._read_checked(manifest, key)
        except CorruptBlockError:
            return False
        return True

    def _raw_checksum(self, name: str, size: int) -> int:
        if self.files.size(self._in(name + _RAW)) != size:
            raise self._corrupt(name, "its size is wrong")
        crc = 0
        for start in range(0, size, _STEP):
            crc = checksum(self.read_bytes(name, start, min(start + _STEP, size)), crc)
        return crc

    def remove_manifest(self, name: str) -> None:
        """Take back that a block is there; its data stay until they are removed or written anew."""
        self.files.remove_file(self._in(name + _MANIFEST))

    def remove(self, name: str) -> None:
        """Delete a block, or everything below a prefix; manifests go first."""
        self.remove_manifest(name)
        self.files.remove_file(self._in(name + _RAW))
        self.files.remove(self._in(name))

    def manifest(self, name: str) -> Manifest | None:
        """A block's manifest, or None when there is no such block."""
        try:
            return Manifest.from_json(self.files.read(self._in(name + _MANIFEST)))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def facts_of(self, name: str) -> dict[str, Any]:
        """What the manifest of a block says.

        Raises
        ------
        CorruptBlockError
            If there is no such block.
        """
        return self._expect(name).facts

    def manifests(self, prefix: str = "") -> dict[str, Manifest]:
        """All finished blocks below a prefix such as ``rows``, by name in order."""
        found: dict[str, Manifest] = {}
        folders = []
        for entry in self.files.list(self._in(prefix)):
            name = f"{prefix}/{entry}" if prefix else entry
            if entry.endswith(_MANIFEST):
                manifest = self.manifest(name.removesuffix(_MANIFEST))
                if manifest is not None:
                    found[manifest.name] = manifest
            elif "." not in entry:
                folders.append(name)
        for name in folders:
            # Below a group are its arrays and their chunks, of which there can be many.
            if name not in found or _RAW in found[name].arrays:
                found.update(self.manifests(name))
        return dict(sorted(found.items()))

    def _expect(self, name: str) -> Manifest:
        manifest = self.manifest(name)
        if manifest is None:
            raise self._corrupt(name, "it has no manifest")
        return manifest

    def _corrupt(self, name: str, why: str) -> CorruptBlockError:
        return CorruptBlockError(
            f"Block {self._in(name)} of {self.url} is damaged: {why}. Run the same command again; it is made anew."
        )
