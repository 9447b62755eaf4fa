"""A line on stderr; apart from what knows the engine, which takes long to load."""

from __future__ import annotations

import time

import click

SAY_AFTER = 1.0
"""Seconds that nobody minds."""


def say(line: str) -> None:
    """Print a line with the time of day."""
    click.echo(f"{time.strftime('%H:%M:%S')} {line}", err=True)
