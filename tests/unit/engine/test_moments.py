"""What is no callback, or no verdict, is refused where it is seen first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dsgns.callbacks import EarlyStopping, TimeLimit, require_held_out
from dsgns.engine import Stop, Watch, open_engine
from dsgns.errors import ParameterError

BLOCK: Any = SimpleNamespace(name="history/000001", facts={})


@pytest.mark.parametrize("wrong", [TimeLimit(1), ["x"], "x", [EarlyStopping], 5])
def test_what_is_no_callback_is_refused_before_anything_is_started(wrong: Any) -> None:
    heard: list[Any] = []
    with pytest.raises(ParameterError, match="callbacks is"), open_engine(listener=heard.append, callbacks=wrong):
        pass
    assert not heard


@pytest.mark.parametrize("wrong", [Stop, True, "stop"])
def test_what_is_no_verdict_is_refused(wrong: Any) -> None:
    with pytest.raises(ParameterError, match=r"it must be Keep\(\), Stop\(reason\) or None"):
        Watch([lambda _: wrong]).ask("svd: pack", [BLOCK], 1, 2, "blocks")
    assert Watch([lambda _: Stop("now")]).ask("svd: pack", [BLOCK], 1, 2, "blocks") == (False, False, Stop("now"))


def test_early_stopping_needs_text_that_is_held_out() -> None:
    require_held_out([EarlyStopping()], 0.1)
    require_held_out([TimeLimit(1)], 0.0)
    with pytest.raises(ParameterError, match="set held_out"):
        require_held_out([EarlyStopping()], 0.0)
