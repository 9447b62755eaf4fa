"""Early stopping without held-out text is refused before anything is made, wherever skip-gram is walked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dsgns
from dsgns import continuation, pipeline
from dsgns.cli import main
from dsgns.engine import Watch
from dsgns.errors import ParameterError
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from tests.support.corpora import write_lines
from tests.support.serial import SerialEngine


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    return write_lines(tmp_path / "corpus.txt", ["a b c d e"] * 20)


@pytest.fixture
def stopping() -> SerialEngine:
    engine = SerialEngine(1 << 30)
    engine.watch = Watch([dsgns.EarlyStopping()])
    return engine


@pytest.mark.parametrize("method", ["sgns", "both"])
def test_train_refuses_it(corpus: str, tmp_path: Path, method: Any, stopping: SerialEngine) -> None:
    with pytest.raises(ParameterError, match="set held_out"):
        dsgns.train(corpus, tmp_path / "none", method=method, callbacks=[dsgns.EarlyStopping()])
    done = CliRunner().invoke(main, ["train", corpus, "-o", str(tmp_path / "none"), "--early-stopping", "1"])
    assert (done.exit_code, "--held-out" in done.stderr) == (2, True)
    assert not (tmp_path / "none").exists()


def test_stages_refuse_it(corpus: str, workspace: Workspace, stopping: SerialEngine) -> None:
    with pytest.raises(ParameterError, match="set held_out"):
        pipeline.walk(stopping, workspace, [corpus], TrainParameters())
    with pytest.raises(ParameterError, match="set held_out"):
        continuation.run_stage(stopping, workspace, "sgns", [corpus], {})
    assert not workspace.keys("corpus")
    made = continuation.run_stage(stopping, workspace, "tokens", [corpus], {"min_count": 1})
    assert made.complete, "this stage has nothing to stop"
    with pytest.raises(ParameterError, match="set held_out"):
        continuation.run_stage(stopping, workspace, "sgns", [], {})
