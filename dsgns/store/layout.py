"""What zarr v3 needs to know of a group or an array: the documents beside the chunks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

DOCUMENT = "zarr.json"
"""The file that makes a folder a group or an array."""

CHUNK = 1 << 20
"""Elements of a compressed chunk, at most, unless one row has more."""

CODEC = "lz4"
"""Blosc's codec, with byte shuffle.

Reading and writing integers took a third of the time that zstd-1 takes (3.4 instead of 11.7 ns for a cell of counts,
4.3 instead of 8.7 to read it back), for a quarter more bytes (2.25 instead of 1.81).
"""

LEVEL = 5


@dataclass(frozen=True)
class Layout:
    """How one array lies in chunks, which are cut along its first axis only.

    Parameters
    ----------
    shape
        Of the array, one dimension at least.
    dtype
        Of its elements; they are stored little-endian.
    rows
        Of the first axis, in each chunk; the last one is padded with zeros.
    compressed
        Whether chunks are Blosc frames rather than plain bytes.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    rows: int
    compressed: bool

    @classmethod
    def of(cls, values: np.ndarray) -> Layout:
        """How an array is stored: integers in chunks of whole rows, about a million elements; floats plain, in one.

        Blosc leaves floats of vectors as they are and takes an eighth off PMI values, in two nanoseconds for each.
        """
        if values.dtype.kind == "f":
            return cls.plain(values.shape, values.dtype)
        width = int(np.prod(values.shape[1:], dtype=np.int64))
        rows = min(len(values), max(1, CHUNK // max(width, 1)))
        return cls(values.shape, values.dtype.newbyteorder("<"), max(rows, 1), compressed=True)

    @classmethod
    def plain(cls, shape: tuple[int, ...], dtype: np.dtype) -> Layout:
        """How an array is stored that is not compressed."""
        return cls(shape, dtype.newbyteorder("<"), max(shape[0], 1), compressed=False)

    @classmethod
    def parse(cls, data: bytes) -> Layout:
        """The layout that a document tells of, whatever Blosc's codec.

        Raises
        ------
        ValueError
            If it is no document, or one that :meth:`document` would not write.
        """
        told = json.loads(data)
        shape, chunk = tuple(told["shape"]), tuple(told["chunk_grid"]["configuration"]["chunk_shape"])
        codecs = [codec["name"] for codec in told["codecs"]]
        if codecs not in (["bytes"], ["bytes", "blosc"]) or chunk[1:] != _others(shape):
            raise ValueError(f"an array of shape {shape} in chunks of {chunk} with codecs {codecs} is none of ours")
        return cls(shape, np.dtype(told["data_type"]).newbyteorder("<"), chunk[0], "blosc" in codecs)

    def document(self) -> bytes:
        """The array's ``zarr.json``."""
        order = {"configuration": {"endian": "little"}} if self.dtype.itemsize > 1 else {}
        blosc = {"typesize": self.dtype.itemsize, "cname": CODEC, "clevel": LEVEL, "shuffle": "shuffle", "blocksize": 0}
        codecs = [{"name": "bytes", **order}, {"name": "blosc", "configuration": blosc}]
        chunk = (self.rows, *_others(self.shape))
        return _document(
            "array",
            {},
            shape=self.shape,
            data_type=self.dtype.name,
            chunk_grid={"name": "regular", "configuration": {"chunk_shape": chunk}},
            chunk_key_encoding={"name": "default", "configuration": {"separator": "/"}},
            fill_value=self.dtype.type(0).item(),
            codecs=codecs if self.compressed else codecs[:1],
        )

    def chunks(self, start: int, stop: int) -> dict[str, int]:
        """The first row of each chunk that holds any of rows ``start`` to ``stop``, by its file's name."""
        if not np.prod(self.shape) or start >= stop:
            return {}
        tail = "/0" * (len(self.shape) - 1)
        numbers = range(start // self.rows, -(-stop // self.rows))
        return {f"c/{number}{tail}": number * self.rows for number in numbers}


def group_document(attributes: Mapping[str, Any]) -> bytes:
    """A group's ``zarr.json``."""
    return _document("group", attributes)


def _document(node_type: str, attributes: Mapping[str, Any], **told: Any) -> bytes:
    return json.dumps({"zarr_format": 3, "node_type": node_type, "attributes": attributes, **told}).encode()


def _others(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A chunk's shape but for its rows; zarr has no chunks without elements."""
    return tuple(max(size, 1) for size in shape[1:])
