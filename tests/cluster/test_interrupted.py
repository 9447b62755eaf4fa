"""What an interrupted run tells of itself in the end: memory within its promise, and the work of every leg."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dsgns import pipeline
from dsgns.engine import Engine, Event, open_engine
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.sgns import schedule
from dsgns.status import status
from dsgns.store import Output, Workspace
from dsgns.warmup import warm_up
from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster

ALONE = TrainParameters.from_options(vector_size=16, min_count=2, epochs=3, power_iterations=2)
REPLICAS = ALONE.updated(replicas=2, round_tokens=2000)
# A road with its parameters, and the moment at which it is interrupted: the first event of a step with some work done.
ROADS: dict[str, tuple[Callable[..., Output], TrainParameters, str, str]] = {
    "sgns": (pipeline.walk_sgns, ALONE, "advance", "sgns: train"),
    "replicas": (pipeline.walk_sgns, REPLICAS, "advance", "sgns: train"),
    "svd": (pipeline.walk_svd, ALONE, "begin", "svd: residuals"),
}
RESOURCES = Resources(workers=1, memory_limit=1 << 30)
# What the second leg of each road said.
TOLD: dict[str, list[Event]] = {}


def interrupting(kind: str, label: str) -> Callable[[Event], None]:
    """Ctrl-C at the first event of a kind, half-way through the step if it is none of its beginning."""

    def listener(event: Event) -> None:
        due = (event.kind, event.label) == (kind, label) and (kind == "begin" or 2 * event.done >= event.total)
        if due and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt

    return listener


def seeded(parameters: TrainParameters, seed: int) -> TrainParameters:
    return replace(parameters, svd=replace(parameters.svd, seed=seed), sgns=replace(parameters.sgns, seed=seed))


@pytest.fixture(scope="module")
def legs(tmp_path_factory) -> dict[str, tuple[Output, Output]]:
    """Of each road a result made at one go, and one made half by old workers and half by new ones."""
    warm_up()  # no promise is made of what compiling takes
    folder: Path = tmp_path_factory.mktemp("legs")
    text = write_lines(folder / "corpus.txt", zipf_lines(40_000, types=1000))
    workspace = Workspace.create(str(folder / "w"))
    made: dict[str, tuple[Output, Output]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "LEAST_STEPS", 20_000)
        patch.setattr(schedule, "STEPS_PER_ROW", 1)
        with open_engine(RESOURCES) as engine:
            tokens = pipeline.encode(engine, workspace, [text], ALONE)
            whole = {
                name: walk(engine, workspace, tokens, parameters) for name, (walk, parameters, *_) in ROADS.items()
            }
            for walk, parameters, *moment in ROADS.values():
                interrupt(engine, lambda: walk(engine, workspace, tokens, seeded(parameters, 2)), *moment)  # noqa: B023
        with open_engine(RESOURCES) as engine:
            for name, (walk, parameters, *_) in ROADS.items():
                engine.listener = TOLD.setdefault(name, []).append
                made[name] = whole[name], walk(engine, workspace, tokens, seeded(parameters, 2))
    return made


def interrupt(engine: Engine, run: Callable[[], Any], kind: str, label: str) -> None:
    listener, engine.listener = engine.listener, interrupting(kind, label)
    with pytest.raises(KeyboardInterrupt):
        run()
    engine.listener = listener


@pytest.mark.parametrize("road", ROADS)
def test_no_step_holds_more_than_was_projected(legs, road):
    for output in legs[road]:
        for label, step in output.record["figures"].items():
            assert 0 < step["peak_bytes"] <= step["projected_bytes"], label


@pytest.mark.parametrize("road", ROADS)
def test_the_work_of_both_legs_is_counted(legs, road):
    whole, resumed = (output.record["figures"] for output in legs[road])
    assert {label: step["blocks"] for label, step in resumed.items()} == {
        label: step["blocks"] for label, step in whole.items()
    }
    for seconds in ("worker_seconds", "seconds"):
        # Both did the same, but other work on the machine may have slowed one of them.
        together, alone = (sum(step[seconds] for step in steps.values()) for steps in (resumed, whole))
        assert together > 0.2 * alone


@pytest.mark.usefixtures("legs")
@pytest.mark.parametrize(("road", "step"), [("sgns", "sgns: train"), ("replicas", "sgns: train"), ("svd", "svd: pack")])
def test_what_was_there_is_told(road: str, step: str):
    begin = next(event for event in TOLD[road] if (event.kind, event.label) == ("begin", step))
    assert begin.done > 0
    checks = [event for event in TOLD[road] if event.label == f"{begin.label.partition(':')[0]}: check"]
    assert checks[0].kind == "begin"
    assert max(event.done for event in checks) > 0


@pytest.mark.usefixtures("legs")
def test_an_iteration_that_goes_on_says_where():
    notes = [event.text for event in TOLD["svd"] if event.kind == "note"]
    assert notes == ["goes on at iteration 2 of 2"]


def test_the_status_adds_up_all_steps(legs):
    resumed = legs["svd"][1]
    told = next(stage for stage in status(Workspace(resumed.url))["stages"] if stage["key"] == resumed.key)
    assert told["seconds"] == pytest.approx(
        sum(step["seconds"] for step in resumed.record["figures"].values()), abs=0.01
    )
