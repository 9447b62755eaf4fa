"""Arrays that pass from one task to the next, together in one raw file.

A zarr group with a few small arrays takes four times as long to write, for it is sixteen files and folders; what is
deleted an hour later, and read by nobody else, need not be one. Nor does it wait for the disk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dsgns.store.manifest import Manifest
from dsgns.store.output import Output


def write_packed(
    output: Output,
    name: str,
    arrays: Mapping[str, np.ndarray],
    *,
    facts: Mapping[str, Any] | None = None,
    lasting: bool = False,
) -> Manifest:
    """Write a raw block of named arrays, replacing one that is there."""
    layout, at = {}, 0
    for key, values in arrays.items():
        layout[key] = {"dtype": values.dtype.str, "start": at, "shape": values.shape}
        at += values.nbytes
    parts = [np.ascontiguousarray(values).reshape(-1).view(np.uint8) for values in arrays.values()]
    return output.write_bytes(name, parts, facts={**(facts or {}), "layout": layout}, lasting=lasting)


def read_packed(output: Output, name: str, *arrays: str) -> dict[str, np.ndarray]:
    """Whole arrays of a packed block, all of them unless some are named."""
    layout = output.facts_of(name)["layout"]
    return {key: _read(output, name, layout[key], 0, layout[key]["shape"][0]) for key in arrays or layout}


def read_packed_slice(output: Output, name: str, array: str, start: int, stop: int) -> np.ndarray:
    """Rows ``start`` to ``stop`` of one array of a packed block; the checksum is of the whole, so not looked at."""
    return _read(output, name, output.facts_of(name)["layout"][array], start, stop)


def _read(output: Output, name: str, layout: Mapping[str, Any], start: int, stop: int) -> np.ndarray:
    dtype, others = np.dtype(layout["dtype"]), layout["shape"][1:]
    row = dtype.itemsize * math.prod(others)
    first, last = (layout["start"] + place * row for place in (start, stop))
    return output.read_bytes(name, first, last).view(dtype).reshape(stop - start, *others)
