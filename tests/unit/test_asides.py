"""What is set aside is what was begun for something else, whoever else works in the workspace meanwhile."""

from __future__ import annotations

import pytest

from dsgns.asides import set_aside
from dsgns.engine import Engine
from dsgns.removal import left_behind
from dsgns.store import Output, Workspace
from tests.support.serial import SerialEngine


def make(engine: Engine, output: Output, inputs: dict[str, str] | None = None) -> Output:
    with engine.produce(output, parameters={}, inputs=inputs or {}) as job:
        return job.finish({})


def test_another_run_s_results_stay_its_own(workspace: Workspace) -> None:
    ours, theirs = SerialEngine(1 << 30), SerialEngine(1 << 30)
    shared = workspace.output("counts", "shared")
    with set_aside(ours, "sweep"):
        counts = make(ours, workspace.output("counts", "swept"))
        assert counts.aside_for == "sweep", "also if the run dies now"
        make(ours, shared)
        make(theirs, workspace.output("svd", "meant"), {"counts": shared.key})
        workspace.remember(workspace.output("svd", "meant"))
    assert {output.key for output in workspace.results("counts")} == {"shared"}
    assert list(left_behind(workspace)) == [counts.name]


def test_what_was_begun_by_another_run_is_finished_for_that(workspace: Workspace) -> None:
    engine, output = SerialEngine(1 << 30), workspace.output("counts", "begun")
    with pytest.raises(KeyboardInterrupt), engine.produce(output, parameters={}, inputs={}):
        raise KeyboardInterrupt
    with set_aside(engine, "sweep"):
        assert not make(engine, output).set_aside
        assert not make(engine, workspace.output("tokens", "t")).set_aside, "others go on from these"
    assert not make(engine, workspace.output("counts", "later")).set_aside
