"""The small record beside each block that says it is there, whole, and what is in it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from isal import isal_zlib

from dsgns.store.keys import safe_name


@dataclass(frozen=True)
class Manifest:
    """One finished block. A block without a manifest does not exist.

    Parameters
    ----------
    name
        Of the block within its output, such as ``rows/00012``.
    facts
        What the task that made it has to say: rows, tokens, non-zeros.
    arrays
        For each array its shape, dtype and the crc32 of its bytes; for a raw file its size and crc32.
    seconds
        How long the task took.
    peak_bytes
        The most memory its process held meanwhile.
    projected_bytes
        The most it was promised to hold, when the task was begun.
    written
        When, in seconds since 1970.
    """

    name: str
    facts: dict[str, Any]
    arrays: dict[str, dict[str, Any]]
    seconds: float = 0.0
    peak_bytes: int = 0
    projected_bytes: int = 0
    written: float = field(default_factory=time.time)

    def to_json(self) -> bytes:
        """The manifest as the bytes of its file."""
        return json.dumps(self.__dict__, default=_plain).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """The manifest that :meth:`to_json` came from.

        Raises
        ------
        ValueError
            If a name in it would lead out of the block's output.
        """
        manifest = cls(**json.loads(data))
        if not all(isinstance(name, str) and safe_name(name) for name in (manifest.name, *manifest.arrays)):
            raise ValueError(f"{manifest.name!r} is no name of a block")
        return manifest

    def measured(self, seconds: float, peak_bytes: int, projected_bytes: int) -> Manifest:
        """The same manifest, with what the task took and what it was promised to take."""
        return replace(self, seconds=round(seconds, 4), peak_bytes=peak_bytes, projected_bytes=projected_bytes)


def describe(array: np.ndarray) -> dict[str, Any]:
    """What a manifest keeps of an array, shape (...), any dtype."""
    return {"shape": list(array.shape), "dtype": str(array.dtype), "crc32": checksum(array), "bytes": int(array.nbytes)}


def checksum(array: np.ndarray, start: int = 0) -> int:
    """The crc32 of an array's bytes in C order, going on from ``start``."""
    return isal_zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, start)


def dump_json(values: Mapping[str, Any]) -> bytes:
    """A readable JSON file's bytes."""
    return json.dumps(values, indent=1, default=_plain).encode()


def _plain(value: object) -> object:
    """NumPy scalars and arrays as the Python values JSON knows."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no JSON value")
