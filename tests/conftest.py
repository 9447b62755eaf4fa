"""What tests share: one local cluster, and where the evaluation data lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dsgns.engine import Engine, open_engine
from dsgns.parameters import Resources
from dsgns.store import Workspace
from tests.support.skips import pytest_sessionfinish, pytest_terminal_summary  # noqa: F401

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine on two worker processes of this machine, shared by all tests."""
    with open_engine(Resources(workers=2, memory_limit=2 << 30)) as engine:
        yield engine


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
