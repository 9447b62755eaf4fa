"""What the files of deploy/ are run with: certificates, a text, and tools that stand in for a cluster's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dsgns.compile import cache_folder
from tests.support.corpora import write_lines, zipf_lines

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the script makes for the names that the files give the scheduler."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    subprocess.run(
        [DEPLOY / "certificates.sh", folder, "scheduler", "10.0.0.1"], check=True, capture_output=True, timeout=60
    )
    return folder


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Some text."""
    return write_lines(tmp_path_factory.mktemp("text") / "corpus.txt", zipf_lines(20_000, types=500))


@pytest.fixture
def tools(tmp_path: Path, certificates: Path) -> tuple[dict[str, str], Path]:
    """Variables under which the scripts find this Python and the tools that a test writes into the folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {
        "PATH": path,
        "DSGNS": str(DEPLOY.parent),
        "DSGNS_CERTIFICATES": str(certificates),
        "DSGNS_SCRATCH": str(tmp_path / "scratch"),
        "PYTHONPATH": str(DEPLOY.parent),
        # Compiling takes each worker half a minute; that they would do it apart is tested where it costs nothing.
        "NUMBA_CACHE_DIR": str(cache_folder()),
    }
    return variables, folder


def write_tool(folder: Path, name: str, script: str) -> None:
    """An executable of this name that runs a script."""
    (folder / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
    (folder / name).chmod(0o755)
