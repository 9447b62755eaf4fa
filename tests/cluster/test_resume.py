"""A run that is killed goes on where it was, to the same bytes, without touching what was finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.store.workspace import STAGES
from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster

# Each moment is the first time that a file matching the pattern shows up in the workspace.
MOMENTS = [
    "vocabulary/*/plan.json",
    "tokens/*/ids/*.manifest.json",
    "counts/*/plan.json",
    "counts/*/rows/*.manifest.json",
    "svd/*/plan.json",
    "sgns/*/checkpoint*",
]


def command(corpus: str, output: Path) -> list[str]:
    options = "--vector-size 32 --min-count 2 --epochs 3 --shard-size 128KiB --workers 2 --memory-limit 1GiB --quiet"
    return [sys.executable, "-m", "dsgns", "train", corpus, "--output", str(output), *options.split()]


def hashes(output: Path) -> dict[str, dict[str, str]]:
    workspace = Workspace.open(str(output))
    return {
        f"{stage}/{key}": digests(workspace.output(stage, key)) for stage in STAGES for key in workspace.keys(stage)
    }


def finished_files(output: Path) -> dict[str, int]:
    """Modification times of the data of finished blocks and of finished outputs.

    A ledger is finished with the block of the same number that it stands beside, and written before it.
    """
    times = {}
    for manifest in output.rglob("*.manifest.json"):
        beside = set(manifest.parents[1].glob(f"*/{manifest.name}")) - {manifest}
        if manifest.parent.name == "ledger" and not beside:
            continue
        block = manifest.with_name(manifest.name.removesuffix(".manifest.json"))
        files = [path for path in block.rglob("*") if path.is_file()] or [block.with_name(block.name + ".bin")]
        times |= {str(path.relative_to(output)): path.stat().st_mtime_ns for path in files if path.exists()}
    return times


def kill_at(arguments: list[str], output: Path, pattern: str) -> bool:
    """Start the command, kill its whole process group at the moment; whether it was still running then."""
    process = subprocess.Popen(arguments, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    try:
        while process.poll() is None and not any(output.glob(pattern)):
            assert time.monotonic() < deadline, f"{pattern} never showed up"
            time.sleep(0.002)
        running = process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.communicate()
    return running


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> str:
    return write_lines(tmp_path_factory.mktemp("corpus") / "corpus.txt", zipf_lines(300_000, types=3000))


@pytest.fixture(scope="module")
def undisturbed(corpus, tmp_path_factory) -> dict[str, dict[str, str]]:
    output = tmp_path_factory.mktemp("undisturbed") / "w"
    subprocess.run(command(corpus, output), check=True, timeout=200)
    return hashes(output)


def test_killed_at_every_stage(corpus, undisturbed, tmp_path):
    output = tmp_path / "w"
    kept: dict[str, int] = {}
    for moment in MOMENTS:
        assert kill_at(command(corpus, output), output, moment), f"the run was over before {moment}"
        after = finished_files(output)
        touched = [name for name, written in kept.items() if name in after and after[name] != written]
        assert not touched, f"finished blocks were written again before {moment}: {touched}"
        kept = after
    subprocess.run(command(corpus, output), check=True, timeout=200)
    assert hashes(output) == undisturbed
    after = finished_files(output)
    assert not [name for name, written in kept.items() if name in after and after[name] != written]
