"""How a page and its session talk: a question in JSON, then an answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from typing import Any

from bokeh.core.properties import String
from bokeh.model import DataModel

Question = Mapping[str, Any]
Reply = Callable[[Question], dict[str, Any]]

_turn = Lock()
_log = logging.getLogger(__name__)


class Exchange(DataModel):  # type: ignore[misc]
    """A question that the page sets, and the answer that the session does; each has the question's ``id``.

    Text, not Bokeh's own values: a file without a session has the same answers.
    """

    question = String(default="")
    answer = String(default="")

    def serve(self, reply: Reply, slow: Callable[[Question], bool] = lambda question: False) -> None:
        """Answer each question from now on; one that fails is told to the page, and logged.

        Parameters
        ----------
        reply
            From a question to its answer.
        slow
            Which questions take long: they are answered one after the other in a thread, beside the others.
        """

        def asked(name: str, old: str, new: str) -> None:
            question = json.loads(new)
            document = self.document
            if document is None or not slow(question):
                self.answer = _answered(reply, question)
                return

            def answer() -> None:
                with _turn:
                    found = _answered(reply, question)
                document.add_next_tick_callback(lambda: setattr(self, "answer", found))

            # A pool's threads are waited for when the process ends: Ctrl-C would wait for a layout.
            Thread(target=answer, daemon=True, name="dsgns-explorer").start()

        self.on_change("question", asked)


def _answered(reply: Reply, question: Question) -> str:
    try:
        answer = reply(question)
    except Exception as error:
        _log.exception("The question %s has no answer.", question)
        answer = {"failed": str(error)}
    return as_json({"id": question["id"]} | answer)


def as_json(value: Any) -> str:
    """JSON that may also stand in a page's script: with no ``<`` in it, no word ends that script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
