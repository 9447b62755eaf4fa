"""BLAS on one thread: as many tasks run as there are cores, and the bits of a product depend on the threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import scipy.linalg  # noqa: F401  (brings a BLAS of its own, which must be there to be limited)
from threadpoolctl import ThreadpoolController

_one_at_a_time = threading.RLock()
_limited = False  # of whoever holds the lock


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def single_thread() -> Iterator[None]:
    """One BLAS thread, for one task of this process at a time.

    The number of threads belongs to the whole process: two tasks that set it and put it back side by side, as
    the workers of an in-process cluster did, came to other bits in every run. The first time it costs some
    milliseconds, for the loaded libraries are looked through; from then on, and within itself, next to nothing.
    """
    global _limited
    with _one_at_a_time:
        if _limited:
            yield
            return
        with _libraries().limit(limits=1, user_api="blas"):
            _limited = True
            try:
                yield
            finally:
                _limited = False
