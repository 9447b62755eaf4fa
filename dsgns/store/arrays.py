"""Named arrays as zarr v3 groups, read and written.

Files are what zarr itself would make of them, and any zarr opens them. They are not written through it because its
event loop, threads and copies took as long as all counting, and because it reads a chunk that is lost as zeros.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numcodecs import blosc

from dsgns.store.files import Files
from dsgns.store.layout import CHUNK, CODEC, DOCUMENT, LEVEL, Layout, group_document

__all__ = ["CHUNK", "begin_group", "create_root", "read_array", "root_attributes", "write_group"]

# Workers run one task a thread; Blosc's own threads would oversubscribe the cores.
blosc.use_threads = False

_HEADER = struct.Struct("<4xI4xI")  # of a Blosc frame: bytes it decodes to, bytes it has


def write_group(url: str, name: str, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Any]) -> None:
    """Write a group of arrays, replacing one that is there; on local disks not synced yet."""
    files = Files(url)
    begin_group(files, name, attributes)
    files.put_all(_array_files(name, arrays))


def begin_group(files: Files, name: str, attributes: Mapping[str, Any]) -> None:
    """Make a group that has no arrays yet, in place of one that is there."""
    files.remove(name)
    for parent in list(PurePosixPath(name).parents)[:-1]:
        if not files.exists(f"{parent}/{DOCUMENT}"):
            files.write(f"{parent}/{DOCUMENT}", [group_document({})])
    files.put_all([(f"{name}/{DOCUMENT}", group_document(attributes))])


def _array_files(name: str, arrays: Mapping[str, np.ndarray]) -> Iterator[tuple[str, bytes | memoryview]]:
    """Every file of a group's arrays, by name."""
    for key, values in arrays.items():
        layout = Layout.of(values)
        values = np.ascontiguousarray(values, layout.dtype)
        yield f"{name}/{key}/{DOCUMENT}", layout.document()
        for chunk, first in layout.chunks(0, len(values)).items():
            yield f"{name}/{key}/{chunk}", _encoded(values[first : first + layout.rows], layout)


def _encoded(rows: np.ndarray, layout: Layout) -> bytes | memoryview:
    """The bytes of one chunk; an array of zeros has its own as well."""
    if len(rows) < layout.rows:
        missing = np.zeros((layout.rows - len(rows), *rows.shape[1:]), rows.dtype)
        rows = np.concatenate([rows, missing])
    if not layout.compressed:
        return rows.reshape(-1).view(np.uint8).data
    return blosc.compress(rows.reshape(-1), CODEC.encode(), LEVEL, blosc.SHUFFLE)


def read_array(url: str, name: str, key: str, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Rows ``start`` to ``stop`` of one array of a group.

    Raises
    ------
    FileNotFoundError
        If the array or one of its chunks is not there.
    ValueError, EOFError
        If a file is not what was written.
    """
    files, folder = Files(url), f"{name}/{key}"
    layout = Layout.parse(files.read(f"{folder}/{DOCUMENT}"))
    start, stop, _ = slice(start, stop).indices(layout.shape[0])
    out = np.empty((max(stop - start, 0), *layout.shape[1:]), layout.dtype)
    chunks = {f"{folder}/{chunk}": first for chunk, first in layout.chunks(start, stop).items()}
    if not layout.compressed:
        for chunk, first in chunks.items():
            _read_plain(files, chunk, out, max(start, first) - first)
        return out
    for data, first in zip(files.read_all(list(chunks)), chunks.values(), strict=True):
        begin, end = max(start, first), min(stop, first + layout.rows)
        _decode(data, out[begin - start : end - start], begin - first, layout)
    return out


def _read_plain(files: Files, chunk: str, out: np.ndarray, skipped: int) -> None:
    """Fill ``out`` from the only chunk there is, ``skipped`` rows after its start."""
    flat = out.reshape(-1).view(np.uint8)
    files.read_into(chunk, skipped * (flat.size // len(out)), flat)


def _decode(data: bytes, out: np.ndarray, skipped: int, layout: Layout) -> None:
    """Fill ``out`` from a chunk, ``skipped`` rows after its start."""
    whole = len(out) == layout.rows
    rows = out if whole else np.empty((layout.rows, *layout.shape[1:]), layout.dtype)
    # Blosc trusts the sizes in the frame's header.
    if len(data) < _HEADER.size or _HEADER.unpack_from(data) != (rows.nbytes, len(data)):
        raise ValueError(f"{len(data)} bytes are no chunk of {rows.nbytes}")
    blosc.decompress(data, rows.reshape(-1))
    if not whole:
        out[:] = rows[skipped : skipped + len(out)]


def create_root(url: str, attributes: Mapping[str, Any]) -> None:
    """Make the hierarchy's root group with its attributes."""
    Files(url).write(DOCUMENT, [group_document(attributes)])


def root_attributes(url: str) -> dict[str, Any] | None:
    """The root group's attributes, or None when there is no zarr hierarchy."""
    try:
        return dict(json.loads(Files(url).read(DOCUMENT))["attributes"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None
