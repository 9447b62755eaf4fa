"""Two tasks that make the same block: one of a worker that was given up, and woke up again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from dsgns.errors import WorkspaceError
from dsgns.store import Manifest, Output, Workspace
from dsgns.store.files import Files

NAME = "rows/00000"
VALUES = np.arange(3_000_000, dtype=np.int32)

Meanwhile = Callable[[], Any]


def arrays(output: Output, meanwhile: Meanwhile) -> Manifest:
    written = output.put(NAME, {"values": VALUES}, facts={"rows": 3})
    meanwhile()
    return output.settle(written)


def growing(output: Output, meanwhile: Meanwhile) -> Manifest:
    def fill(made: Mapping[str, Any]) -> Mapping[str, Any]:
        made["values"].append(VALUES[:1000])
        meanwhile()
        made["values"].append(VALUES[1000:])
        return {"rows": 3}

    return output.write_growing(NAME, {"values": np.int32}, fill)


def raw(output: Output, meanwhile: Meanwhile) -> Manifest:
    def parts() -> Iterable[np.ndarray]:
        yield VALUES[:1000]
        meanwhile()
        yield VALUES[1000:]

    return output.write_bytes(NAME, parts(), facts={"rows": 3})


KINDS = pytest.mark.parametrize("write", [arrays, growing, raw])


def files(output: Output) -> dict[str, int]:
    folder = output.files.path(f"{output.stage}/{output.key}")
    assert folder is not None
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def output(workspace: Workspace) -> Output:
    return workspace.output("counts", "a-1")


@KINDS
def test_the_block_of_the_faster_one_stays_as_it_is(output: Output, write: Callable[..., Manifest]) -> None:
    seen: list[dict[str, int]] = []

    def other() -> None:
        write(output, lambda: None)
        seen.append({name: time for name, time in files(output).items() if ".partial" not in name})

    write(output, other)
    assert files(output) == seen[0]
    assert output.check(NAME)


@KINDS
def test_it_is_there_while_the_slower_one_begins(output: Output, write: Callable[..., Manifest]) -> None:
    write(output, lambda: None)
    before = files(output)
    write(output, lambda: pytest.fail("damaged") if not output.check(NAME) else None)
    assert files(output) == before


@KINDS
def test_a_block_with_other_values_is_replaced(output: Output, write: Callable[..., Manifest]) -> None:
    output.write(NAME, {"values": VALUES[:5]})
    write(output, lambda: None)
    assert output.check(NAME)
    assert output.manifest(NAME).facts == {"rows": 3}  # type: ignore[union-attr]


@KINDS
def test_a_damaged_block_is_replaced(output: Output, write: Callable[..., Manifest]) -> None:
    write(output, lambda: None)
    folder = output.files.path(f"counts/a-1/{NAME}")
    assert folder is not None
    largest = max([*folder.rglob("*"), *folder.parent.glob("*.bin")], key=lambda path: path.stat().st_size)
    largest.write_bytes(b"damage")
    write(output, lambda: None)
    assert output.check(NAME)


@pytest.mark.parametrize("write", [growing, raw])
def test_a_writer_that_fails_leaves_nothing(output: Output, write: Callable[..., Manifest]) -> None:
    def full() -> None:
        raise WorkspaceError("No space left")

    output.write("rows/00001", {"values": VALUES})
    before = files(output)
    with pytest.raises(WorkspaceError):
        write(output, full)
    assert files(output) == before
    assert output.manifest(NAME) is None


def test_a_disk_that_is_full_keeps_nothing_of_what_it_had_no_room_for(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Files, folder: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Files, "sync", full)
    with pytest.raises(WorkspaceError):
        output.write(NAME, {"values": VALUES})
    assert [name for name in files(output) if "values" in name] == []


def test_what_killed_tasks_left_goes_when_all_is_there(output: Output) -> None:
    output.put(NAME, {"values": VALUES})
    output.write(NAME, {"values": VALUES})
    assert any(".partial" in name for name in files(output))
    output.sweep([NAME])
    assert not any(".partial" in name for name in files(output))
    assert list(output.manifests()) == [NAME]
