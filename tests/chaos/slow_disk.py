"""A preload for `dask worker`: files take their time to be written, so that a fault finds tasks half-way through."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from dsgns.store.files import Files

SECONDS = 0.15


def _slowly(write: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(write)
    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(SECONDS)
        done = write(*args, **kwargs)
        time.sleep(SECONDS)
        return done

    return slow


def dask_setup(worker: object) -> None:
    """Of each worker process, as it begins."""
    for name in ("write", "sync"):
        setattr(Files, name, _slowly(getattr(Files, name)))
