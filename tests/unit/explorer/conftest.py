"""One small workspace with both roads, of words that a page must take care with, which the other tests look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import dsgns
from dsgns.engine import Engine

EVIL = "<script>document.title='taken'</script>"
GROUPS = (
    "king queen prince throne crown royal palace",
    "北京 上海 广州 深圳 天津 重庆 南京",
    f"{EVIL} <b>bold</b> <img/src=x/onerror=alert(2)> \"quoted\" 'single' $$x^2$$ a&amp;b",
    "bread butter cheese milk honey sugar flour",
)
"""Words that stand near one another."""


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    """The workspace, complete."""
    folder = tmp_path_factory.mktemp("explored")
    rng = np.random.default_rng(7)
    groups = [words.split(" ") for words in GROUPS]
    lines = [" ".join(rng.choice(groups[turn % 4], 8)) + " the of" for turn in range(800)]
    (folder / "text.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    dsgns.train(
        str(folder / "text.txt"),
        folder / "w.dsgns",
        client=engine.client,
        vector_size=8,
        min_count=1,
        epochs=3,
        held_out=0.1,
    )
    return folder / "w.dsgns"


@pytest.fixture
def copied(explored: Path, tmp_path: Path) -> Path:
    """The same workspace, to be changed."""
    shutil.copytree(explored, tmp_path / "copied.dsgns")
    return tmp_path / "copied.dsgns"
