"""A word while there is nothing to tell yet, where stderr is no terminal that could show that a command works."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

SAY_AFTER = 1.0
"""Seconds that nobody minds."""


def say(line: str) -> None:
    """Print a line with the time of day."""
    click.echo(f"{time.strftime('%H:%M:%S')} {line}", err=True)


@contextmanager
def waiting(text: str, quiet: bool) -> Iterator[None]:
    """Say what is being waited for, if it takes longer than a moment."""
    if quiet or sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(SAY_AFTER, say, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
