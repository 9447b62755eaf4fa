"""BLAS on one thread: as many tasks run as there are cores, and the bits of a product depend on the threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from threadpoolctl import threadpool_limits

_lock = threading.Lock()
_inside = 0
_limits: Any = None


@contextmanager
def single_thread() -> Iterator[None]:
    """One BLAS thread for as long as any thread of this process is inside.

    threadpoolctl's own context would give the threads back when the first of two overlapping tasks ends.
    """
    global _inside, _limits
    with _lock:
        if _inside == 0:
            _limits = threadpool_limits(1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _limits.restore_original_limits()
