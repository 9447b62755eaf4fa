"""A sweep makes what is needed once, scores every combination, and is out of everyone's way."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import dsgns
from dsgns.cli import main
from dsgns.errors import ParameterError
from dsgns.evaluation import curves
from dsgns.evaluation.scores import score
from dsgns.sweeping import Point, values_of
from tests.support.corpora import write_lines, zipf_lines


@pytest.fixture(scope="module")
def place(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    words = sorted({word for line in zipf_lines(200, types=200) for word in line.split()})
    rng = np.random.default_rng(0)
    pairs = [f"{a}\t{b}\t{rng.random():.3f}" for a, b in pairwise(words[:40])]
    write_lines(folder / "pairs.tsv", pairs)
    with engine.client.as_current():
        corpus = write_lines(folder / "corpus.txt", zipf_lines(4000, types=200))
        dsgns.train(corpus, folder / "w.dsgns", method="svd", vector_size=8, min_count=1)
    return folder


@pytest.fixture(autouse=True)
def _active(engine) -> Iterator[None]:
    with engine.client.as_current():
        yield


def test_every_combination_is_scored_and_nothing_is_made_twice(place):
    workspace = dsgns.open_workspace(place / "w.dsgns")
    latest = {stage: workspace.store.latest(stage) for stage in ("counts", "svd")}
    grid = {"window": [10, 3], "shift": [1, 2.0], "p": [0, 1], "context": ["none", "add"], "vector_size": [4, 6]}
    points = dsgns.sweep(workspace, [place / "pairs.tsv"], **grid)
    settings = [tuple(point.setting[name] for name in grid) for point in points]
    assert len(points) == len(set(settings)) == 32
    assert list(points[0].setting) == ["window", "shift", "vector_size", "p", "context"]
    assert len({point.key for point in points}) == 4, "one factorisation for all sizes, p and contexts"
    assert len(workspace.store.keys("counts")) == 2
    assert {stage: workspace.store.latest(stage) for stage in latest} == latest, "its results are set aside"
    told = {(stage["stage"], stage["key"]): stage for stage in workspace.status()["stages"]}
    assert {key for (stage, key), told in told.items() if told["aside"] == "sweep" and stage == "svd"} == {
        point.key.removeprefix("svd/") for point in points
    } - {latest["svd"].key}
    again = dsgns.sweep(workspace, [place / "pairs.tsv"], **grid)
    assert [point.scores[0].value for point in again] == [point.scores[0].value for point in points]


def test_a_point_is_what_one_would_find_by_hand(place):
    workspace = dsgns.open_workspace(place / "w.dsgns")
    point = dsgns.sweep(workspace, [place / "pairs.tsv"], shift=[2], vector_size=[3, 8], p=[1])[0]
    assert point.setting == {"shift": 2, "vector_size": 3, "p": 1}
    made = dsgns.factorize(workspace, shift=2, vector_size=8)
    assert made.name == point.key
    assert not made.set_aside, "what is asked for is meant"
    vectors = workspace.vectors("svd", key=point.key, p=1)
    leading = dsgns.WordVectors(vectors.index_to_key, vectors.vectors[:, :3])
    assert score(leading, [dsgns.read_set(place / "pairs.tsv")])[0].value == point.scores[0].value


def test_the_command_marks_the_best_and_draws(place, tmp_path):
    asked = ["sweep", str(place / "w.dsgns"), "--set", str(place / "pairs.tsv"), "--shift", "1,2", "--p", "0,0.5", "-q"]
    drawing = tmp_path / "curves.svg"
    done = CliRunner().invoke(main, [*asked, "--plot", str(drawing)])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["shift", "p", "pairs"]
    assert "complete (sweep)" in CliRunner().invoke(main, ["status", str(place / "w.dsgns")]).stdout
    told = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    best = max(told, key=lambda point: point["scores"][0]["spearman"])
    starred = next(line for line in lines[1:] if line.endswith("*"))
    assert [float(cell) for cell in starred.split()[:2]] == [best["setting"]["shift"], best["setting"]["p"]]
    assert best["key"] in lines[-1]
    texts = [node.tag for node in ElementTree.parse(drawing).iter()]
    assert any(tag.endswith("path") for tag in texts)
    first = drawing.read_bytes()
    CliRunner().invoke(main, [*asked, "--plot", str(drawing)])
    assert drawing.read_bytes() == first
    alone = CliRunner().invoke(main, [*asked[:4], "--shift", "1", "--plot", str(drawing)])
    assert (alone.exit_code, "several values of a setting" in alone.stderr) == (2, True)
    assert CliRunner().invoke(main, [*asked, "--cds", "a,b"]).exit_code == 2
    assert "cds is 2.0" in CliRunner().invoke(main, [*asked, "--cds", "1,2"]).stderr


def test_an_option_that_is_none_is_named(place):
    with pytest.raises(ValueError, match="There is no option 'negative'"):
        dsgns.sweep(place / "w.dsgns", [place / "pairs.tsv"], negative=[1, 5])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"vector_size": []}, "vector_size is"),
        ({"vector_size": [0, 4]}, "vector_size is 0"),
        ({"vector_size": [-2, 4]}, "vector_size is -2"),
        ({"vector_size": [2.5]}, "vector_size is 2.5"),
        ({"shift": ()}, r"shift is \(\)"),
        ({"p": [0.5, 2]}, "p is 2"),
        ({"p": "half"}, "p is 'half'"),
        ({"context": "adding"}, "context is 'adding'"),
        ({"methods": "3CosDiv"}, "methods is '3CosDiv'"),
        ({"sets": []}, "sets is"),
    ],
)
def test_wrong_values_are_refused_before_anything_is_made(place, wrong, says):
    keys = dsgns.open_workspace(place / "w.dsgns").store.keys("svd")
    given = {"sets": place / "pairs.tsv", "shift": 7} | wrong
    with pytest.raises(ParameterError, match=says):
        dsgns.sweep(place / "w.dsgns", **given)
    assert dsgns.open_workspace(place / "w.dsgns").store.keys("svd") == keys


def test_one_value_stands_for_itself_and_any_iterable_for_several():
    given = {"weighting": "flat", "shift": 1, "cds": np.array([0.5, 1]), "vector_size": (size for size in (4, 8))}
    assert values_of(given) == {"weighting": ("flat",), "shift": (1,), "cds": (0.5, 1), "vector_size": (4, 8)}


def test_a_drawing_that_cannot_be_is_refused_first_and_others_are_whole(place, tmp_path, monkeypatch):
    asked = ["sweep", str(place / "w.dsgns"), "--set", str(place / "pairs.tsv"), "--shift", "8,9", "-q", "--plot"]
    for drawing, says in (
        (tmp_path / "c.xyz", "ends in .svg"),
        (tmp_path / "none" / "c.svg", "a folder that is there"),
    ):
        done = CliRunner().invoke(main, [*asked, str(drawing)])
        assert (done.exit_code, says in done.stderr) == (2, True), done.output
    made = [Point({"shift": shift}, "svd/x", []) for shift in (1, 2)]
    monkeypatch.setattr(curves, "_panel", lambda *_: None)
    monkeypatch.setattr(Figure, "savefig", lambda _, path, **__: (Path(path).write_text("half"), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        curves.draw_curves(made, tmp_path / "c.svg")
    assert not list(tmp_path.iterdir())
