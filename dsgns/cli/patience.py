"""A word while there is nothing to tell yet, so that one sees that a command works."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from dsgns.cli.stopping import displaying
from dsgns.display.saying import SAY_AFTER, say

_CLEAR = "\r\x1b[K"


def noting(quiet: bool) -> Callable[[str], None]:
    """What prints notes, or nothing."""
    return (lambda text: None) if quiet else (lambda text: click.echo(text, err=True))


@contextmanager
def waiting(text: str, quiet: bool) -> Iterator[None]:
    """Say what is being waited for, if it takes longer than a moment; a terminal is told only until it is there."""
    if quiet:
        yield
        return
    passing = sys.stderr.isatty()
    told = threading.Event()

    def tell() -> None:
        told.set()
        if passing:
            click.echo(text, nl=False, err=True)
        else:
            say(text)

    timer = threading.Timer(SAY_AFTER, tell)
    timer.daemon = True
    timer.start()
    try:
        with displaying(timer.cancel):
            yield
    finally:
        timer.cancel()
        # It may be at its line just now.
        timer.join()
        if passing and told.is_set():
            click.echo(_CLEAR, nl=False, err=True)
