"""A refusal for want of memory tells what is enough for every stage, not for the step alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dsgns
from dsgns.advice import advised
from dsgns.errors import MemoryPromiseError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.plan import plan_run
from tests.support.corpora import write_lines, zipf_lines

PARAMETERS = TrainParameters.from_options(vector_size=100)


@pytest.fixture
def text(tmp_path: Path) -> str:
    return write_lines(tmp_path / "text.txt", zipf_lines(20_000, types=500))


def refusal(text: str, limit: int | None, needed: int = 0) -> str:
    with pytest.raises(MemoryPromiseError) as refused, advised([text], PARAMETERS, "both", limit, 1):
        raise MemoryPromiseError("A step needs more.", "Give it that.", needed)
    return str(refused.value)


def test_what_all_stages_need_is_told(text) -> None:
    told = re.fullmatch(
        r"A step needs more\. All stages .* --memory-limit (\d+)MiB\.", refusal(text, 256 << 20), re.DOTALL
    )
    assert told is not None
    enough = int(told[1]) << 20
    assert enough > 256 << 20
    assert plan_run([text], PARAMETERS, "both", Resources(1, enough))["fits"]


def test_nothing_is_added_where_all_should_fit_or_no_limit_was_given(text) -> None:
    assert refusal(text, 4 << 30) == refusal(text, None) == "A step needs more. Give it that."


def test_text_that_cannot_be_looked_at_leaves_the_refusal_as_it_is(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "nowhere.txt"), 256 << 20) == "A step needs more. Give it that."


def test_the_advice_is_one_limit_whatever_was_given_and_no_less_than_the_step_needs(text) -> None:
    told = [re.findall(r"(\d+)MiB", refusal(text, limit << 20)) for limit in (50, 256, 300)]
    assert len(told[0]) == 1
    assert told[0] == told[1] == told[2]
    (more,) = re.findall(r"(\d+)MiB", refusal(text, 256 << 20, needed=3 << 30))
    assert int(more) > 3 << 10


def test_local_workers_that_cannot_start_are_refused_before_anything_is_compiled(
    text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsgns.warmup.warm_up", lambda *_: pytest.fail("compiled"))
    with pytest.raises(MemoryPromiseError, match=r"cannot start.*All stages"):
        dsgns.train(text, str(tmp_path / "w.dsgns"), memory_limit="50MB", workers=1)
