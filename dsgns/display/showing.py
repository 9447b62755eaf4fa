"""Progress of a call in Python: shown as the command line shows it, unless the caller has other plans."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dsgns.display.bars import Bars
from dsgns.display.lines import Lines
from dsgns.engine import Listener, silent


@contextmanager
def showing(progress: bool, listener: Listener | None) -> Iterator[Listener]:
    """What a run is to tell its events to.

    Parameters
    ----------
    progress
        Whether they are shown on stderr: as bars on a terminal and in a notebook, as plain lines elsewhere.
    listener
        The caller's own, who hears them instead.
    """
    if listener is not None or not progress:
        yield listener or silent
        return
    with Bars() if sys.stderr.isatty() or _in_notebook() else Lines() as shown:
        yield shown


def _in_notebook() -> bool:
    """Whether this is a notebook that can redraw a bar, for which it needs ipywidgets."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell" and importlib.util.find_spec("ipywidgets") is not None
