"""The one place that talks to zarr: named arrays in, named arrays out.

Integers compress best as blosc zstd-1 with byte shuffle; zarr's own default (zstd 0, no shuffle) was the
worst of all that were measured. Floats of trained vectors do not compress at all, so they go raw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec
from zarr.storage import FsspecStore, LocalStore

from dsgns.store.files import local_path

CHUNK = 1 << 20

# Workers run one task a thread; zarr's own pools would oversubscribe the cores.
zarr.config.set({"async.concurrency": 4, "threading.max_workers": 2})


def open_store(url: str) -> Any:
    """zarr's store for a path or URL."""
    path = local_path(url)
    return LocalStore(path) if path is not None else FsspecStore.from_url(url)


def write_group(
    url: str, name: str, arrays: Mapping[str, np.ndarray], attributes: Mapping[str, Any], *, compress: bool
) -> None:
    """Write a group of arrays, replacing one that is there."""
    group = zarr.open_group(open_store(url), path=name, mode="w", zarr_format=3, attributes=dict(attributes))
    for key, values in arrays.items():
        values = np.ascontiguousarray(values)
        stored = group.create_array(
            key,
            shape=values.shape,
            dtype=values.dtype,
            chunks=_chunks(values.shape, compress),
            compressors=BloscCodec(cname="zstd", clevel=1, shuffle="shuffle") if compress else None,
            filters=None,
            # An array of zeros must leave its files too: a lost chunk reads as zeros.
            config={"write_empty_chunks": True},
        )
        if values.size:
            stored[...] = values


def read_array(url: str, name: str, key: str, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Rows ``start`` to ``stop`` of one array of a group."""
    array = zarr.open_array(open_store(url), path=f"{name}/{key}", mode="r", zarr_format=3)
    return np.asarray(array[start:stop])


def create_root(url: str, attributes: Mapping[str, Any]) -> None:
    """Make the hierarchy's root group with its attributes."""
    zarr.open_group(open_store(url), mode="a", zarr_format=3, attributes=dict(attributes))


def root_attributes(url: str) -> dict[str, Any] | None:
    """The root group's attributes, or None when there is no zarr hierarchy."""
    try:
        return dict(zarr.open_group(open_store(url), mode="r", zarr_format=3).attrs)
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _chunks(shape: tuple[int, ...], compress: bool) -> tuple[int, ...]:
    """Whole rows, about a million elements a chunk; one chunk when nothing is compressed."""
    width = int(np.prod(shape[1:], dtype=np.int64)) if len(shape) > 1 else 1
    rows = shape[0] if not compress else min(shape[0], max(1, CHUNK // max(width, 1)))
    return (max(rows, 1), *(max(size, 1) for size in shape[1:]))
