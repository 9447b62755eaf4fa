"""Dask's own report of a run: tasks, workers and transfers over time, as one HTML page."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

import distributed
from distributed import Client

from dsgns.errors import MissingExtraError, how_to_add


@contextmanager
def performance_report(client: Client, file: str | None) -> Iterator[None]:
    """Write the report of what a client's workers do in the block, if a file is named.

    Raises
    ------
    MissingExtraError
        If there is no Bokeh to draw it with.
    """
    if file is None:
        yield
        return
    if importlib.util.find_spec("bokeh") is None:
        raise MissingExtraError(f"--performance-report needs Bokeh. {how_to_add('explore')}")
    with client.as_current(), distributed.performance_report(filename=file):
        yield
