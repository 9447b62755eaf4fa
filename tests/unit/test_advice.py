"""A refusal for want of memory tells what is enough for every stage, not for the step alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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


def refusal(text: str, limit: int | None) -> str:
    with pytest.raises(MemoryPromiseError) as refused, advised([text], PARAMETERS, "both", limit, 1):
        raise MemoryPromiseError("A step needs more.")
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
    assert refusal(text, 4 << 30) == refusal(text, None) == "A step needs more."


def test_text_that_cannot_be_looked_at_leaves_the_refusal_as_it_is(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "nowhere.txt"), 256 << 20) == "A step needs more."
