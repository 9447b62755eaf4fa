"""Blocks are either whole or not there."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from dsgns.errors import (
    CorruptBlockError,
    MissingOutputError,
    NewerFormatError,
    NotAWorkspaceError,
    WorkspaceBusyError,
    WorkspaceReadOnlyError,
)
from dsgns.store import CSRBlock, Output, Workspace, key_of, read_csr, write_csr
from dsgns.store.files import Files


@pytest.fixture(params=["local", "memory"])
def workspace(request, tmp_path):
    if request.param == "local":
        return Workspace.create(str(tmp_path / "w.dsgns"))
    return Workspace.create(f"memory://{request.node.name}/w.dsgns")


@pytest.fixture
def output(workspace) -> Output:
    return workspace.output("counts", "w5-00000000")


ARRAYS = {
    "ids": np.arange(3_000_000, dtype=np.int32) % 1000,
    "rows": np.linspace(0, 1, 30, dtype=np.float32).reshape(10, 3),
    "empty": np.empty(0, np.int64),
}


def test_a_block_comes_back_as_it_was(output):
    manifest = output.write("blocks/00000", ARRAYS, facts={"tokens": np.int64(7)})
    assert output.manifest("blocks/00000").facts == manifest.facts == {"tokens": 7}
    back = output.read("blocks/00000")
    for name, values in ARRAYS.items():
        assert back[name].dtype == values.dtype
        np.testing.assert_array_equal(back[name], values)
    np.testing.assert_array_equal(
        output.read_slice("blocks/00000", "ids", 1_048_570, 1_048_590), ARRAYS["ids"][1_048_570:1_048_590]
    )
    assert output.check("blocks/00000")


def test_a_raw_block_comes_back_in_parts(output):
    output.write_bytes("spill/00000", [b"abc", np.array([1, 2], np.int16), memoryview(b"")], facts={"x": 1})
    assert output.read_bytes("spill/00000").tobytes() == b"abc\x01\x00\x02\x00"
    assert output.read_bytes("spill/00000", 1, 3).tobytes() == b"bc"
    assert output.check("spill/00000")
    with pytest.raises(CorruptBlockError, match="spill/00000"):
        output.read_bytes("spill/00000", 5, 100)


def test_manifests_are_found_by_prefix_in_order(output):
    for name in ("rows/00001", "rows/00000", "spill/00000"):
        output.write(name, {"x": np.zeros(1)})
    assert list(output.manifests("rows")) == ["rows/00000", "rows/00001"]
    assert list(output.manifests()) == ["rows/00000", "rows/00001", "spill/00000"]
    output.remove("rows")
    assert list(output.manifests()) == ["spill/00000"]


def test_finding_blocks_does_not_look_into_them(output, monkeypatch):
    output.write("rows/00000", {"x": np.zeros(1)})
    output.write_bytes("spill/00000", [b"abc"])
    output.write_bytes("spill/00000/more", [b"abc"])
    looked, listed = [], Files.list
    monkeypatch.setattr(Files, "list", lambda files, folder: looked.append(folder) or listed(files, folder))
    assert list(output.manifests()) == ["rows/00000", "spill/00000", "spill/00000/more"]
    assert not [folder for folder in looked if "rows/00000" in folder]


def test_a_flipped_byte_is_found(tmp_path):
    output = Workspace.create(str(tmp_path / "w")).output("counts", "k")
    output.write("rows/0", {"x": np.arange(1000)})
    chunk = next(path for path in (tmp_path / "w/counts/k/rows/0/x/c").rglob("*") if path.is_file())
    data = bytearray(chunk.read_bytes())
    data[-1] ^= 1
    chunk.write_bytes(data)
    assert not output.check("rows/0")
    with pytest.raises(CorruptBlockError, match="rows/0"):
        output.read("rows/0")


@pytest.mark.parametrize("damage", ["chunk", "manifest"])
def test_a_lost_file_is_found_though_zarr_would_read_zeros(tmp_path, damage):
    output = Workspace.create(str(tmp_path / "w")).output("counts", "k")
    output.write("rows/0", {"x": np.zeros(10)})
    if damage == "chunk":
        next(path for path in (tmp_path / "w/counts/k/rows/0/x/c").rglob("*") if path.is_file()).unlink()
    else:
        (tmp_path / "w/counts/k/rows/0.manifest.json").unlink()
    assert not output.check("rows/0")


@pytest.mark.parametrize("trouble", [MemoryError(), ConnectionError("reset by peer")])
def test_trouble_that_is_not_the_blocks_is_told_from_damage(output, monkeypatch, trouble):
    output.write("rows/0", {"x": np.arange(10)})

    def fail(*args: object) -> None:
        raise trouble

    monkeypatch.setattr("dsgns.store.arrays.read_array", fail)
    with pytest.raises(type(trouble)):
        output.check("rows/0")


def test_plan_and_record(output):
    assert not output.complete
    with pytest.raises(MissingOutputError, match="counts"):
        _ = output.record
    assert output.begin({"grid": [0, 5]}) == {"grid": [0, 5]}
    assert output.begin({"grid": [0, 1]}) == {"grid": [0, 5]}, "the plan it was begun with stays"
    assert output.begin({}, {"tokens": "t"}) == {"grid": [0, 5]}
    assert output.inputs == {"tokens": "t"}, "told later than the plan"
    output.finish({"facts": {"n": 1}, "finished": 1.0})
    assert output.complete
    assert output.facts == {"n": 1}


def test_the_latest_completed_output_is_found(workspace):
    for key, finished in (("a-1", 2.0), ("b-2", 3.0), ("c-3", None)):
        output = workspace.output("svd", key)
        output.begin({})
        if finished:
            output.finish({"finished": finished})
    assert workspace.latest("svd").key == "b-2"
    assert workspace.keys("svd") == ["a-1", "b-2", "c-3"]
    with pytest.raises(MissingOutputError, match="dsgns sgns"):
        workspace.latest("sgns")


def test_one_run_at_a_time(output):
    with output.lease(), pytest.raises(WorkspaceBusyError, match="process"), output.lease():
        pass
    with output.lease():
        pass


def test_outputs_travel_to_tasks(output):
    _ = output.files
    assert pickle.loads(pickle.dumps(output)) == output
    assert len(pickle.dumps(output)) < 300


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(NotAWorkspaceError, match="choose an empty"):
        Workspace.create(str(tmp_path))
    with pytest.raises(NotAWorkspaceError):
        Workspace.open(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_newer_format_is_refused(tmp_path):
    Workspace.create(str(tmp_path / "w"))
    root = tmp_path / "w/zarr.json"
    root.write_text(root.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(NewerFormatError, match="99"):
        Workspace.create(str(tmp_path / "w"))


def test_names_cannot_leave_the_workspace(workspace):
    for key in ("../x", "", "a/../../b"):
        with pytest.raises(MissingOutputError):
            workspace.output("svd", key)


def test_csr_blocks(output):
    block = CSRBlock(np.array([3, 1], np.uint32), np.array([0, 4], np.int32), np.array([0, 0, 2]), 10, 5)
    manifest = write_csr(output, "rows/00000", block)
    assert manifest.facts == {"start": 10, "stop": 12, "columns": 5, "nonzeros": 2}
    back = read_csr(output, "rows/00000")
    np.testing.assert_array_equal(back.data, block.data)
    assert (back.row_offset, back.shape) == (10, (2, 5))


def test_keys_differ_when_an_ingredient_does():
    assert key_of("w5", 1, a=1) == key_of("w5", 1, a=1)
    assert len({key_of("w5", 1, a=1), key_of("w5", 2, a=1), key_of("w5", 1, a=2), key_of("w5", 1, b=1)}) == 4
    assert key_of("a b/..", 1, x=1).startswith("a-b-")


def test_a_place_where_nothing_can_be_made():
    with pytest.raises(WorkspaceReadOnlyError, match="/proc/w"):
        Workspace.create("/proc/w")


def test_a_block_that_grows_is_the_block_that_is_written(output):
    values = np.arange(10_000, dtype=np.float32)

    def fill(arrays):
        for start in range(0, 10_000, 999):
            arrays["ids"].append(values[start : start + 999])
        arrays["none"].append(values[:0])
        return {"pieces": len(arrays["ids"]) // 999}

    output.write("whole", {"ids": values, "none": values[:0]})
    output.write("grown", {"ids": values[:5], "old": values})
    manifest = output.write_growing("grown", {"ids": np.float32, "none": np.float32}, fill)
    assert manifest.arrays == output.manifest("whole").arrays
    assert (manifest.facts, output.manifest("grown").facts) == ({"pieces": 10}, {"pieces": 10})
    for name, array in output.read("grown").items():
        np.testing.assert_array_equal(array, output.read("whole", name)[name])
    if output.path("whole") is not None:
        assert files_below(output, "grown") == files_below(output, "whole")


def files_below(output: Output, name: str) -> dict[str, bytes]:
    folder = output.path(name).with_suffix("")
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_block_whose_filling_fails_does_not_exist(output):
    output.write("grown", {"ids": np.arange(5)})

    def fill(arrays):
        arrays["ids"].append(np.arange(5))
        raise ValueError("no more text")

    for name in ("grown", "new"):
        with pytest.raises(ValueError, match="no more text"):
            output.write_growing(name, {"ids": np.int64}, fill)
    assert output.manifest("new") is None
    # On a disk the new data lie aside until they are whole; in memory, as on object stores, they are written over.
    assert output.check("grown") == (output.files.local is not None)


def test_a_block_that_is_not_to_last_does_not_wait_for_the_disk(tmp_path, monkeypatch):
    output = Workspace.create(str(tmp_path / "w.dsgns")).output("svd", "d2-00000000")
    synced = []
    monkeypatch.setattr("os.fsync", synced.append)
    output.write_bytes("work/0", [b"abc"], lasting=False)
    assert synced == []
    assert output.check("work/0")
    output.write_bytes("left/0", [b"abc"])
    assert len(synced) == 4  # the file and the manifest, and the folder after either


def test_what_a_power_cut_left_of_such_a_block_is_found_damaged(tmp_path):
    output = Workspace.create(str(tmp_path / "w.dsgns")).output("svd", "d2-00000000")
    output.write_bytes("work/0", [b"abc"], lasting=False)
    output.path("work/0").write_bytes(b"")
    assert not output.check("work/0")
    output.write_bytes("work/0", [b"abc"], lasting=False)
    assert output.check("work/0")
