"""What tests share beside the workers of the folder above: workspaces, and where the evaluation data lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsgns.store import Workspace
from tests.support.skips import pytest_sessionfinish, pytest_terminal_summary  # noqa: F401

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace on this machine."""
    return Workspace.create(str(tmp_path / "w.dsgns"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of shared corpora and evaluation sets."""
    if not DATA.is_dir():
        pytest.skip("the shared evaluation data are not here")
    return DATA
