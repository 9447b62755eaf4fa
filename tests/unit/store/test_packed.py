from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import CorruptBlockError
from dsgns.store import Workspace
from dsgns.store.packed import read_packed, read_packed_slice, write_packed

ARRAYS = {
    "bytes": np.arange(13, dtype=np.uint8),
    "none": np.empty(0, np.float32),
    "counts": np.arange(1000, dtype=np.int64)[::3],
    "gram": np.arange(6.0).reshape(2, 3),
}


def test_arrays_come_back_whole_and_in_slices(workspace: Workspace) -> None:
    output = workspace.output("counts", "a-key")
    manifest = write_packed(output, "spill/0", ARRAYS, facts={"rows": 3})
    assert manifest.facts["rows"] == 3
    assert output.check("spill/0")
    found = read_packed(output, "spill/0")
    assert {key: (values.dtype, values.tolist()) for key, values in found.items()} == {
        key: (values.dtype, values.tolist()) for key, values in ARRAYS.items()
    }
    assert list(read_packed(output, "spill/0", "counts")) == ["counts"]
    assert read_packed_slice(output, "spill/0", "counts", 5, 8).tolist() == [15, 18, 21]
    assert read_packed_slice(output, "spill/0", "none", 0, 0).size == 0


def test_a_block_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(CorruptBlockError):
        read_packed(workspace.output("counts", "a-key"), "spill/0")


def test_rows_of_a_matrix(workspace: Workspace) -> None:
    output = workspace.output("counts", "a-key")
    write_packed(output, "spill/0", ARRAYS)
    assert read_packed_slice(output, "spill/0", "gram", 1, 2).tolist() == [[3.0, 4.0, 5.0]]
