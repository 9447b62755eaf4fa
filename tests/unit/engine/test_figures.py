"""What steps took is added up over runs, and nothing is counted twice."""

from __future__ import annotations

import pytest

from dsgns.engine.figures import Figures, busy_seconds
from dsgns.store import Manifest, Output, Workspace


def block(name: str, seconds: float, written: float, peak: int = 0, projected: int = 0) -> Manifest:
    return Manifest(name, {}, {}, seconds, peak, projected, written)


@pytest.fixture
def output(workspace: Workspace) -> Output:
    return workspace.output("counts", "a-00000000")


def test_a_finished_step_is_counted_once_however_often_it_is_found(output):
    blocks = {"a": block("a", 2, 10, 50, 60), "b": block("b", 3, 12, 40, 60)}
    Figures(output).add("step", blocks, made=blocks, seconds=4)
    Figures(output).add("step", blocks, made=(), seconds=0)
    step = Figures(output).steps["step"]
    assert (step["blocks"], step["seconds"], step["worker_seconds"]) == (2, 4, 5)
    assert (step["peak_bytes"], step["projected_bytes"]) == (50, 60)


def test_blocks_of_a_run_that_was_killed_are_counted_by_their_manifests(output):
    blocks = {"a": block("a", 2, 10, 50, 60), "b": block("b", 2, 11, 70, 80), "c": block("c", 1, 50, 45, 55)}
    Figures(output).add("step", blocks, made=["c"], seconds=1.5)
    step = Figures(output).steps["step"]
    # a and b were made from 8 to 11, side by side.
    assert (step["blocks"], step["seconds"], step["worker_seconds"]) == (3, 4.5, 5)
    assert (step["peak_bytes"], step["projected_bytes"]) == (70, 80)


def test_a_step_that_comes_again_adds_to_what_it_was(output):
    for number in range(3):
        Figures(output).add("step", {"a": block("a", 1, 10 * number + 10)}, made=["a"], seconds=1)
    assert Figures(output).steps["step"]["seconds"] == 3


@pytest.mark.parametrize(
    ("spans", "busy"), [([], 0), ([(2, 5)], 2), ([(4, 5), (1, 3)], 4), ([(1, 5), (1, 9)], 2), ([(3, 5), (3, 6)], 4)]
)
def test_time_in_which_anything_was_made(spans, busy):
    assert busy_seconds(block("x", seconds, written) for seconds, written in spans) == busy


def test_what_a_stopped_run_left_is_counted_once(output):
    left = {"a": block("a", 2, 10, 50, 60), "b": block("b", 2, 20, 70, 80)}
    Figures(output).find("step", {"a": left["a"]})
    for _ in range(2):
        Figures(output).find("step", left)
    step = Figures(output).steps["step"]
    assert (step["blocks"], step["seconds"], step["peak_bytes"], step["projected_bytes"]) == (2, 4, 70, 80)


def test_no_step_is_told_of_where_nothing_was_left(output):
    Figures(output).find("step", {})
    assert not Figures(output).steps
