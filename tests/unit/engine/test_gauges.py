"""What Dask's dashboard shows: what workers get done, and tasks by the step they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dask.utils import key_split

from dsgns.engine import Engine, gauges, open_engine
from dsgns.engine.deadline import known_workers
from dsgns.engine.gauges import METRICS, Gauges
from dsgns.engine.report import performance_report
from dsgns.engine.run import submit
from dsgns.errors import MissingExtraError
from dsgns.progress import advance
from dsgns.store import Manifest, Output, Workspace
from tests.support.processes import wait_until

pytestmark = pytest.mark.cluster


def busy(output: Output, name: str) -> Manifest:
    advance(1000)
    return output.write(name, {"x": np.zeros(100)}, facts={"loss": [0.5, 0.25]})


def test_workers_tell_what_they_have_done(engine: Engine, workspace: Workspace) -> None:
    output = workspace.output("sgns", "a-1")
    with open_engine(client=engine.client) as mine, mine.produce(output, parameters={}, inputs={}) as job:
        job.run("sgns: busy", busy, {"x": (output, "x")}, projected_bytes=1, unit="tokens")

    def told() -> dict[str, float]:
        workers = known_workers(engine.client).values()
        return next((w["metrics"] for w in workers if w["metrics"].get("dsgns loss") == 0.25), {})

    metrics = wait_until("a worker's heartbeat", told, 20)
    assert METRICS.keys() <= metrics.keys()
    assert metrics["dsgns bytes written"] >= 800


def test_speeds_are_of_the_last_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(gauges.time, "monotonic", lambda: now)
    gauge = Gauges()
    gauge.advance("tokens", 600)
    gauge.advance("bytes", 60)
    assert gauge.speed("tokens") == 0.0, "nothing is over yet"
    now = 6.0
    assert (gauge.speed("tokens"), gauge.speed("bytes"), gauge.speed("cells")) == (100.0, 10.0, 0.0)
    now = 12.0
    assert gauge.speed("tokens") == 0.0, "nothing was done since"


def test_tasks_are_grouped_by_stage_and_step(engine: Engine) -> None:
    for label, group in (("counts: spill", "counts-spill"), ("svd: multiply", "svd-multiply"), ("warm-up", "warm-up")):
        future = submit(engine.client, label, "rows/00001", int)
        assert key_split(future.key) == group
        assert future.key.endswith("-rows/00001")


def test_the_report_is_a_page(engine: Engine, tmp_path: Path) -> None:
    with performance_report(engine.client, str(tmp_path / "report.html")):
        engine.wait([engine.submit("counts: spill", int)], "a number")
    page = (tmp_path / "report.html").read_text()
    assert "<html" in page
    assert "counts-spill" in page


def test_without_bokeh_there_is_no_report(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="needs Bokeh"), performance_report(engine.client, "report.html"):
        pass
    with performance_report(engine.client, None):
        pass
