"""How a page and its session talk: a question in JSON, then an answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from bokeh.core.properties import String
from bokeh.model import DataModel

_log = logging.getLogger(__name__)


class Exchange(DataModel):  # type: ignore[misc]
    """A question that the page sets, and the answer that the session does; each has the question's ``id``.

    Text, not Bokeh's own values: a file without a session has the same answers.
    """

    question = String(default="")
    answer = String(default="")

    def serve(self, reply: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        """Answer each question from now on; one that fails is told to the page, and logged."""

        def answered(name: str, old: str, new: str) -> None:
            question = json.loads(new)
            try:
                answer = reply(question)
            except Exception as error:
                _log.exception("The question %s has no answer.", new)
                answer = {"failed": str(error)}
            self.answer = as_json({"id": question["id"]} | answer)

        self.on_change("question", answered)


def as_json(value: Any) -> str:
    """JSON that may also stand in a page's script: with no ``<`` in it, no word ends that script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
