"""What takes long is answered aside, and keeps nobody who goes."""

from __future__ import annotations

import subprocess
import sys

_LEAVES = """
import threading
from bokeh.document import Document
from dsgns.explorer.exchange import Exchange

asked, document, exchange = threading.Event(), Document(), Exchange()
def reply(question):
    asked.set()
    threading.Event().wait()
exchange.serve(reply, lambda question: True)
document.add_root(exchange)
exchange.question = '{"id": 1}'
asked.wait()
"""


def test_an_answer_under_way_does_not_keep_the_process() -> None:
    subprocess.run([sys.executable, "-c", _LEAVES], check=True, timeout=60)
