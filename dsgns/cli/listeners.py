"""Who prints progress: bars on a terminal, log lines elsewhere, nobody under ``--quiet``; all on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dsgns.cli.stopping import displaying
from dsgns.display.bars import Bars
from dsgns.display.lines import Lines
from dsgns.engine import Listener, silent


@contextmanager
def listening(quiet: bool) -> Iterator[Listener]:
    """The listener that suits where stderr goes."""
    if quiet:
        yield silent
        return
    with Bars() if sys.stderr.isatty() else Lines() as listener, displaying(listener.close):
        yield listener
