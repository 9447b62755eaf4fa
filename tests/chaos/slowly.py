"""A preload for `dask worker`: files, and what replicas exchange, take their time, so a fault finds them half-way."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from dsgns.sgns import rows, task_rounds
from dsgns.store.files import Files

SECONDS = 0.15
# All that makes them slow, such as disks that are slow, and networks.
_SLOW = ((Files, "write"), (Files, "sync"), (rows, "take"), (task_rounds, "merge"))


def _slowly(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(SECONDS)
        done = function(*args, **kwargs)
        time.sleep(SECONDS)
        return done

    return slow


def dask_setup(worker: object) -> None:
    """Of each worker process, as it begins; tasks are sent by name, and so are those of replicas."""
    for place, name in _SLOW:
        setattr(place, name, _slowly(getattr(place, name)))
