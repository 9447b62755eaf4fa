"""Every run leaves an entry in its workspace: what it made, and how it ended."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from dsgns.engine import Engine, Stop, open_engine
from dsgns.errors import EmptyCorpusError, RunStoppedError
from dsgns.store import Manifest, Output, Workspace
from dsgns.store.history import RunLog, history

pytestmark = pytest.mark.cluster


def ones(output: Output, name: str) -> Manifest:
    time.sleep(0.01)  # seconds are kept to a thousandth
    return output.write(name, {"x": np.ones(1)})


def make(engine: Engine, output: Output) -> None:
    if engine.reuse(output):
        return
    with engine.produce(output, parameters={}, inputs={}) as job:
        job.run("counts: ones", ones, {"x": (output, "x")}, projected_bytes=1)
        job.finish({})


def told(workspace: Workspace) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (entry["outcome"], [(stage["key"], stage["outcome"]) for stage in entry["stages"]])
        for entry in history(workspace.url)
    ]


def test_what_was_made_and_what_was_there(engine: Engine, workspace: Workspace) -> None:
    for keys in (["a-1"], ["a-1", "b-1", "a-1"]):
        with open_engine(client=engine.client) as mine:
            for key in keys:
                make(mine, workspace.output("counts", key))
    assert told(workspace) == [("done", [("a-1", "made")]), ("done", [("a-1", "reused"), ("b-1", "made")])]
    first = history(workspace.url)[0]
    assert first["seconds"] >= first["stages"][0]["seconds"] > 0
    assert "pytest" in first["command"]


def test_how_it_ended(engine: Engine, workspace: Workspace) -> None:
    output = workspace.output("counts", "a-1")
    for error in (EmptyCorpusError("no token"), KeyboardInterrupt()):
        with pytest.raises(type(error)), open_engine(client=engine.client) as mine:
            with mine.produce(output, parameters={}, inputs={}):
                raise error
    with pytest.raises(RunStoppedError):
        with open_engine(client=engine.client, callbacks=[lambda moment: Stop("enough")]) as mine:
            make(mine, output)
    failed, stopped, called_off = sorted(history(workspace.url), key=lambda entry: entry["started"])
    assert (failed["outcome"], failed["error"]) == ("failed", "EmptyCorpusError: no token")
    assert (stopped["outcome"], stopped["error"]) == ("stopped", "by a signal")
    assert (called_off["outcome"], called_off["error"]) == ("stopped", "enough")
    assert [stage["outcome"] for stage in failed["stages"]] == ["unfinished"]


def test_a_run_that_was_killed_is_unfinished_and_what_is_no_entry_is_passed_over(workspace: Workspace) -> None:
    RunLog(workspace.url)
    (Path(workspace.url) / "history" / "x.json").write_text("{")
    assert told(workspace) == [("unfinished", [])]


def test_a_workspace_that_was_deleted_is_not_made_again(workspace: Workspace) -> None:
    log = RunLog(workspace.url)
    shutil.rmtree(workspace.url)
    log.close("done")
    assert not Path(workspace.url).exists()


def test_entries_are_json(workspace: Workspace) -> None:
    RunLog(workspace.url).add("counts", "a-1", "made", 1.23456)
    assert json.dumps(history(workspace.url))
    assert history(workspace.url)[0]["stages"][0]["seconds"] == 1.235
