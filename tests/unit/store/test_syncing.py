"""Blocks that a thread forces onto the disk are there in the end, and never before their data are."""

from __future__ import annotations

import errno
import threading

import numpy as np
import pytest

from dsgns import progress
from dsgns.errors import WorkspaceError
from dsgns.store import Syncing, Workspace, syncing
from dsgns.store.files import Files

NAMES = [f"rows/{number:05d}" for number in range(6)]
ARRAYS = {"x": np.arange(1000)}


@pytest.fixture
def output(tmp_path):
    return Workspace.create(str(tmp_path / "w")).output("counts", "k")


class Disk:
    """Stands in for the disk: a block's sync waits for its turn, then does what it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.turns, self.asked, self.full = threading.Semaphore(0), threading.Semaphore(0), ""
        sync = Files.sync

        def slow(files: Files, folder: str) -> None:
            self.asked.release()
            assert self.turns.acquire(timeout=20)
            # Data are forced onto the disk where they are aside, as a folder with more to its name.
            if self.full and f"/.{self.full.rpartition('/')[2]}." in folder:
                raise OSError(errno.ENOSPC, "full")
            sync(files, folder)

        monkeypatch.setattr(Files, "sync", slow)


def test_all_blocks_are_there_in_the_end(output):
    with Syncing(output) as blocks:
        written = [blocks.write(name, ARRAYS, facts={"n": 1}, attributes={"a": 2}) for name in NAMES]
    assert list(output.manifests().values()) == written
    assert all(output.check(name) for name in NAMES)


def test_a_block_is_not_there_before_its_data_are_on_the_disk(output, monkeypatch):
    disk = Disk(monkeypatch)
    with Syncing(output) as blocks:
        blocks.write(NAMES[0], ARRAYS)
        assert disk.asked.acquire(timeout=20)
        assert output.manifests() == {}
        assert not output.check(NAMES[0])
        disk.turns.release()
    assert list(output.manifests()) == NAMES[:1]


def test_no_more_blocks_wait_than_may(output, monkeypatch):
    disk, begun = Disk(monkeypatch), []

    def make() -> None:
        with Syncing(output) as blocks:
            for name in NAMES:
                begun.append(name)
                blocks.write(name, ARRAYS)

    task = threading.Thread(target=make)
    task.start()
    for done in range(len(NAMES)):
        assert disk.asked.acquire(timeout=20)
        assert len(begun) <= done + syncing.MOST_UNSYNCED + 1
        disk.turns.release()
    task.join(timeout=20)
    assert list(output.manifests()) == begun == NAMES


@pytest.mark.parametrize("full", [NAMES[0], NAMES[-1]])
def test_a_full_disk_fails_the_task_and_the_other_blocks_are_kept(output, monkeypatch, full):
    disk = Disk(monkeypatch)
    disk.full = full
    disk.turns.release(len(NAMES))
    with pytest.raises(WorkspaceError, match="No space left"), Syncing(output) as blocks:
        for name in NAMES:
            blocks.write(name, ARRAYS)
    there = list(output.manifests())
    assert full not in there
    assert there == [name for name in NAMES if name in there]
    assert len(there) >= min(syncing.MOST_UNSYNCED, len(NAMES) - 1)


def test_an_error_of_the_task_is_its_own_and_what_was_written_is_kept(output):
    with pytest.raises(ZeroDivisionError), Syncing(output) as blocks:
        blocks.write(NAMES[0], ARRAYS)
        raise ZeroDivisionError
    assert list(output.manifests()) == NAMES[:1]


def test_a_manifest_says_what_its_block_took(output):
    with progress.reporting(lambda units: None, lambda part: part.measured(2.5, 7, 8)), Syncing(output) as blocks:
        blocks.write(NAMES[0], ARRAYS)
    manifest = output.manifest(NAMES[0])
    assert (manifest.seconds, manifest.peak_bytes, manifest.projected_bytes) == (2.5, 7, 8)
