"""Blocks being written, by tasks of which one may be written twice: what is there is always a whole one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from dsgns import progress
from dsgns.store import arrays as zarrays
from dsgns.store.files import PARTIAL, as_bytes
from dsgns.store.growing import GrowingArray
from dsgns.store.manifest import Manifest, checksum, describe, dump_json
from dsgns.store.places import write_error
from dsgns.store.stored import MANIFEST, RAW, StoredBlocks


class Written(NamedTuple):
    """A block whose data are with the system, and that nobody sees yet: where they lie, and what will be said of it."""

    place: str
    block: Manifest


@dataclass(frozen=True)
class Blocks(StoredBlocks):
    """The blocks in the folder ``<stage>/<key>`` of a workspace: small, picklable, safe to hand to tasks.

    A block is written data first, then its manifest. On a disk its data are written beside it and moved there, so that
    a worker that was given up, and wakes up half-way through a block that another one has made since, does no harm to
    it; what it wrote is thrown away. On an object store both write the same objects, one after the other.
    """

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
    ) -> Written:
        """The first half of :meth:`write`: its data are with the system, and nobody sees a block yet."""
        with self._aside(name) as place:
            zarrays.write_group(self.url, place, arrays, attributes or {})
        return Written(
            place, Manifest(name, dict(facts or {}), {key: describe(value) for key, value in arrays.items()})
        )

    def settle(self, written: Written) -> Manifest:
        """The second half: force the data onto the disk, then say that the block is there."""
        with self._thrown_away(written.place, self._in(written.block.name)):
            try:
                self.files.sync(written.place)
            except OSError as error:
                raise write_error(self.url, error) from error
            return self._declare(written)

    def write_growing(
        self,
        name: str,
        arrays: Mapping[str, type[np.generic]],
        fill: Callable[[dict[str, GrowingArray]], Mapping[str, Any]],
    ) -> Manifest:
        """Write a block of one-dimensional arrays, by name and dtype, which ``fill`` appends to; the facts are its."""
        with self._aside(name) as place, ExitStack() as stack:
            zarrays.begin_group(self.files, place, {})
            grown = {key: GrowingArray(self.files, f"{place}/{key}", dtype) for key, dtype in arrays.items()}
            for array in grown.values():
                stack.callback(array.close)
            facts = fill(grown)
            told = {key: array.finish() for key, array in grown.items()}
        return self.settle(Written(place, Manifest(name, dict(facts), told)))

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
        size = crc = 0

        def counted() -> Iterator[np.ndarray]:
            nonlocal size, crc
            for part in parts:
                view = np.frombuffer(as_bytes(part), np.uint8)
                size, crc = size + view.size, checksum(view, crc)
                yield view

        with self._aside(name, RAW) as place:
            self.files.write(place, counted(), lasting=lasting)
        raw = {"shape": [size], "dtype": "uint8", "crc32": crc, "bytes": size}
        said = facts() if callable(facts) else facts
        return self._declare(Written(place, Manifest(name, dict(said or {}), {RAW: raw})), RAW, lasting=lasting)

    @contextmanager
    def _aside(self, name: str, ending: str = "") -> Iterator[str]:
        """Where the data of a block go for now: beside it, or to an object store at once."""
        final = self._in(name) + ending
        place = self.files.aside(final)
        if place == final:
            self.remove_manifest(name)
        with self._thrown_away(place, final):
            yield place

    @contextmanager
    def _thrown_away(self, place: str, final: str) -> Iterator[None]:
        """Leave nothing aside where something goes wrong: the disk may be full."""
        try:
            yield
        except BaseException:
            if place != final:
                self.files.remove(place)
            raise

    def _declare(self, written: Written, ending: str = "", *, lasting: bool = True) -> Manifest:
        """Move data to where they belong, and say so; unless another task was faster."""
        place, block = written
        final = self._in(block.name) + ending
        if place != final and (there := self.manifest(block.name)) is not None:
            if _same(there, block) and self.check(block.name):
                self.files.remove(place)
                return there
            self.remove_manifest(block.name)
        self.files.move(place, final)
        return self._say(progress.measured(block), lasting=lasting)

    def _say(self, manifest: Manifest, *, lasting: bool = True) -> Manifest:
        self.files.write(self._in(manifest.name + MANIFEST), [manifest.to_json()], lasting=lasting)
        return manifest

    def amend(self, manifest: Manifest) -> None:
        """Write a block's manifest again, with what was measured from outside."""
        self._say(progress.measured(manifest))

    def remove_manifest(self, name: str) -> None:
        """Take back that a block is there; its data stay until they are removed or written anew."""
        self.files.remove_file(self._in(name + MANIFEST))

    def remove(self, name: str) -> None:
        """Delete a block, or everything below a prefix; manifests go first."""
        self.remove_manifest(name)
        self.files.remove_file(self._in(name + RAW))
        self.files.remove(self._in(name))

    def sweep(self, names: Iterable[str]) -> None:
        """Delete what tasks that were killed have left beside these blocks, all of which are there."""
        for folder in {name.rpartition("/")[0] for name in names} if self.files.local is not None else ():
            for entry in self.files.list(self._in(folder)):
                if entry.endswith(PARTIAL):
                    self.files.remove(f"{self._in(folder)}/{entry}")


def _same(there: Manifest, block: Manifest) -> bool:
    """Whether a block that is there is the one that was to be written."""
    return there.arrays == block.arrays and there.facts == json.loads(dump_json(block.facts))
