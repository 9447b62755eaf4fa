"""Dask's own report of a run: tasks, workers and transfers over time, as one HTML page."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import distributed
from distributed import Client

from dsgns.errors import MissingExtraError, ParameterError, how_to_add


@contextmanager
def performance_report(client: Client, file: str | None) -> Iterator[None]:
    """Write the report of what a client's workers do in the block, if a file is named.

    A run that fails has none: the scheduler may be what failed.

    Raises
    ------
    MissingExtraError
        If there is no Bokeh to draw it with.
    ParameterError
        If the file cannot be written.
    """
    if file is None:
        yield
        return
    if importlib.util.find_spec("bokeh") is None:
        raise MissingExtraError(f"--performance-report needs Bokeh. {how_to_add('explore')}")
    place = Path(file).absolute()
    if place.is_dir() or not os.access(place.parent, os.W_OK):
        raise ParameterError(f"--performance-report {file} cannot be written; choose another place.")
    report = distributed.performance_report(filename=file)
    with client.as_current():
        report.__enter__()
        yield
        try:
            report.__exit__(None, None, None)
        except OSError as error:
            raise ParameterError(f"--performance-report {file} cannot be written ({error}).") from error
