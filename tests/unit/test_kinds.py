"""Values of the wrong kind are told by the option's name before any work, those that say the same are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dsgns
from dsgns.engine import Engine
from dsgns.errors import ParameterError, SourceNotFoundError
from dsgns.pipeline import TrainParameters


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"vector_size": "100"}, "vector_size is '100'; it must be a whole number."),
        ({"window": 2.5}, "window is 2.5; it must be a whole number."),
        ({"epochs": True}, "epochs is True; it must be a whole number."),
        ({"alpha": "fast"}, "alpha is 'fast'; it must be a number."),
        ({"max_vocabulary": "all"}, "max_vocabulary is 'all'; it must be a whole number, or None."),
        ({"exact": 1}, "exact is 1; it must be True or False."),
        ({"tokenizer": str.split}, "it must be a string."),
        ({"init": 3}, "init is 3; it must be a string, or None."),
        ({"min_count": None}, "min_count is None; it must be a whole number."),
        ({"workers": "two"}, "workers is 'two'; it must be a whole number, or None."),
        ({"memory_limit": [2]}, "[2] is no size"),
        (
            {"memory_limit": 2},
            "memory_limit is 2, which is taken for bytes; it must be at least 1048576. Was 2GiB meant?",
        ),
        ({"shard_size": 64}, "shard_size is 64, which is taken for bytes; it must be at least 1024. Was 64MiB meant?"),
        ({"method": 1}, "method is 1"),
    ],
)
def test_another_kind_is_refused(tmp_path: Path, options: dict[str, object], said: str) -> None:
    (tmp_path / "text.txt").write_text("some words\n")
    with pytest.raises(ParameterError) as refused:
        dsgns.train(tmp_path / "text.txt", tmp_path / "w", **options)
    assert said in str(refused.value)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("inputs", "output", "said"),
    [(5, "w", "inputs is 5; it"), (["a.txt", None], "w", "inputs is None; it"), ("a.txt", 5, "output is 5; it")],
)
def test_places_are_paths(inputs: object, output: object, said: str) -> None:
    with pytest.raises(ParameterError, match=f"^{said} must be a path or URL"):
        dsgns.train(inputs, output)  # type: ignore[arg-type]


def test_an_option_that_is_none_is_told_all_there_are() -> None:
    with pytest.raises(ParameterError, match="no option 'memory_limits'; did you mean memory_limit") as refused:
        dsgns.train("a.txt", "w", memory_limits="2 GiB")
    listed = str(refused.value).split("There are ")[1].rstrip(".").split(", ")
    assert {"client", "listener", "memory_limit", "method", "scheduler", "shard_size", "workers"} < set(listed)
    assert {"vector_size", "window", "epochs"} < set(listed)
    assert listed == sorted(listed)


def test_a_missing_text_makes_no_workspace(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(SourceNotFoundError, match="names no file"):
        dsgns.train(tmp_path / "none.txt", tmp_path / "w", client=engine.client)
    assert not (tmp_path / "w").exists()


def test_numbers_that_say_the_same_are_taken() -> None:
    given = TrainParameters.from_options(vector_size=np.int64(20), shift=5, sample=np.float32(0.5), window=np.uint8(3))
    assert given == TrainParameters.from_options(vector_size=20, shift=5.0, sample=0.5, window=3)
    assert {type(given.svd.vector_size), type(given.counts.window)} == {int}
    assert {type(given.pmi.shift), type(given.sgns.sample)} == {float}
