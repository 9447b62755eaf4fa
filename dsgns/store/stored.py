"""Blocks as they lie there: named arrays or raw files under one folder, each whole or not there, or found damaged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from dsgns.errors import CorruptBlockError
from dsgns.store import arrays as zarrays
from dsgns.store.files import Files
from dsgns.store.keys import safe_name
from dsgns.store.manifest import Manifest, checksum, describe

MANIFEST = ".manifest.json"
RAW = ".bin"
_STEP = 8 << 20


@dataclass(frozen=True)
class StoredBlocks:
    """The finished blocks in the folder ``<stage>/<key>`` of a workspace; one without a manifest does not exist."""

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
        size = self._expect(name).arrays[RAW]["bytes"]
        out = np.empty((size if stop is None else stop) - start, np.uint8)
        self.read_bytes_into(name, start, out)
        return out

    def read_bytes_into(self, name: str, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` from a raw block's byte ``start`` on."""
        try:
            self.files.read_into(self._in(name + RAW), start, out)
        except (EOFError, FileNotFoundError) as error:
            raise self._corrupt(name, str(error)) from error

    def path(self, name: str) -> Path | None:
        """Where a raw block lies on this machine; None in a remote workspace."""
        return self.files.path(self._in(name + RAW))

    def untouched(self, name: str) -> bool:
        """Whether a raw block on this machine is as long as its manifest says, and older: nobody wrote to it since.

        Unlike :meth:`check` this reads none of it, so it takes no notice of a disk that forgets.
        """
        path, manifest = self.path(name), self.manifest(name)
        if path is None or manifest is None:
            return False
        try:
            data, told = path.stat(), path.with_name(path.name.removesuffix(RAW) + MANIFEST).stat()
        except FileNotFoundError:
            return False
        return data.st_size == manifest.arrays[RAW]["bytes"] and data.st_mtime_ns < told.st_mtime_ns

    def check(self, name: str) -> bool:
        """Whether a block is there and its bytes match their checksums."""
        try:
            manifest = self._expect(name)
            for key, known in manifest.arrays.items():
                if key == RAW:
                    if self._raw_checksum(name, known["bytes"]) != known["crc32"]:
                        return False
                else:
                    self._read_checked(manifest, key)
        except CorruptBlockError:
            return False
        return True

    def _raw_checksum(self, name: str, size: int) -> int:
        if self.files.size(self._in(name + RAW)) != size:
            raise self._corrupt(name, "its size is wrong")
        crc = 0
        for start in range(0, size, _STEP):
            crc = checksum(self.read_bytes(name, start, min(start + _STEP, size)), crc)
        return crc

    def manifest(self, name: str) -> Manifest | None:
        """A block's manifest, or None when there is no such block."""
        try:
            return Manifest.from_json(self.files.read(self._in(name + MANIFEST)))
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
            if entry.endswith(MANIFEST):
                manifest = self.manifest(name.removesuffix(MANIFEST))
                if manifest is not None:
                    found[manifest.name] = manifest
            elif "." not in entry:
                folders.append(name)
        for name in folders:
            # Below a group are its arrays and their chunks, of which there can be many.
            if name not in found or RAW in found[name].arrays:
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
