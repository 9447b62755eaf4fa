"""Arrays are what zarr would have written, and zarr's own are read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from zarr.codecs import BloscCodec

from dsgns.store import Workspace, layout
from dsgns.store.arrays import read_array, write_group

ARRAYS = {
    "bytes": np.arange(7, dtype=np.uint8),
    "flags": np.array([True, False]),
    "ids": np.arange(5000, dtype=np.int32) % 77,
    "none": np.empty(0, np.int64),
    "no rows": np.empty((0, 3), np.float32),
    "no columns": np.empty((3, 0), np.float32),
    "rows": np.linspace(0, 1, 3000, dtype=np.float32).reshape(100, 10, 3),
    "wide": np.array([2**64 - 1, 1], np.uint64),
    "zeros": np.zeros(3000),
}


def test_zarr_opens_every_array(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "CHUNK", 1000)
    workspace = Workspace.create(str(tmp_path / "w"))
    write_group(workspace.url, "counts/key/rows/0", ARRAYS, {"shape": [1, 2]})
    group = zarr.open_group(workspace.url, mode="r", zarr_format=3)["counts"]["key"]["rows"]["0"]
    assert dict(group.attrs) == {"shape": [1, 2]}
    assert set(group.array_keys()) == ARRAYS.keys()
    for name, values in ARRAYS.items():
        assert group[name].dtype == values.dtype
        assert bool(group[name].compressors) == (values.dtype.kind != "f")
        np.testing.assert_array_equal(group[name][...], values)
        np.testing.assert_array_equal(read_array(workspace.url, "counts/key/rows/0", name), values)


def test_arrays_that_zarr_wrote_are_read(tmp_path):
    group = zarr.open_group(tmp_path, path="g", mode="w", zarr_format=3)
    for name, values in ARRAYS.items():
        shape = tuple(max(size, 1) for size in values.shape)
        chunks, codec = (-(-shape[0] // 3), *shape[1:]), BloscCodec(cname="zstd", clevel=1, shuffle="shuffle")
        options = {"chunks": chunks, "compressors": codec, "config": {"write_empty_chunks": True}}
        stored = group.create_array(name, shape=values.shape, dtype=values.dtype, **options)
        stored[...] = values
        np.testing.assert_array_equal(read_array(str(tmp_path), "g", name), values)


@settings(deadline=None, max_examples=40)
@given(
    rows=st.integers(0, 40),
    width=st.integers(1, 3),
    chunk=st.integers(1, 50),
    ends=st.tuples(st.integers(0, 45), st.integers(0, 45)),
    dtype=st.sampled_from([np.int32, np.float32]),
)
def test_slices_are_numpy_slices(rows, width, chunk, ends, dtype):
    values = np.arange(rows * width, dtype=dtype).reshape(rows, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "CHUNK", chunk)
        write_group("memory://slices", "g", {"x": values}, {})
    np.testing.assert_array_equal(read_array("memory://slices", "g", "x", *ends), values[slice(*ends)])


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:9], lambda data: data[:4] + data[8:]])
@pytest.mark.parametrize("dtype", [np.int64, np.float64])
def test_a_chunk_of_another_size_is_refused(tmp_path, damage, dtype):
    write_group(str(tmp_path), "g", {"x": np.arange(1000, dtype=dtype)}, {})
    chunk = tmp_path / "g/x/c/0"
    chunk.write_bytes(damage(chunk.read_bytes()))
    with pytest.raises((ValueError, EOFError)):
        read_array(str(tmp_path), "g", "x")


@pytest.mark.parametrize(
    "change",
    [
        {"codecs": [{"name": "bytes"}, {"name": "gzip"}]},
        {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 1]}}},
    ],
)
def test_a_layout_that_is_not_ours_is_refused(tmp_path: Path, change):
    write_group(str(tmp_path), "g", {"x": np.zeros((5, 2))}, {})
    document = tmp_path / "g/x/zarr.json"
    document.write_text(json.dumps(json.loads(document.read_text()) | change))
    with pytest.raises(ValueError, match="none of ours"):
        read_array(str(tmp_path), "g", "x")
