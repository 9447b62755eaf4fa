"""One small workspace, trained by the command line itself, that the other tests look at."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dsgns.cli import main
from dsgns.engine import Engine
from tests.support.corpora import write_lines, zipf_lines

OPTIONS = ["--vector-size", "16", "--min-count", "3", "--epochs", "2", "--power-iterations", "2", "--held-out", "0.05"]


@dataclass(frozen=True)
class Trained:
    """A corpus, the workspace it was trained into, and what that printed."""

    corpus: Path
    workspace: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Both roads, by a process of their own."""
    folder = tmp_path_factory.mktemp("trained")
    corpus, workspace = folder / "corpus.txt", folder / "w.dsgns"
    write_lines(corpus, zipf_lines(40_000, types=600))
    command = [sys.executable, "-m", "dsgns", "train", str(corpus), "--output", str(workspace), "--workers", "1"]
    done = subprocess.run([*command, *OPTIONS], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return Trained(corpus, workspace, done.stdout, done.stderr)


@pytest.fixture
def copied(trained: Trained, tmp_path: Path) -> Path:
    """The same workspace, to be changed."""
    shutil.copytree(trained.workspace, tmp_path / "copied.dsgns")
    return tmp_path / "copied.dsgns"


@pytest.fixture
def run(engine: Engine) -> Callable[..., Result]:
    """Runs a command within this process, on the workers that tests share."""

    def invoke(*arguments: object, piped: bytes | None = None) -> Result:
        with engine.client.as_current():
            return CliRunner().invoke(main, [str(argument) for argument in arguments], input=piped)

    return invoke
