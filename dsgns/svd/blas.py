"""BLAS on one thread: as many tasks run as there are cores, and the bits of a product depend on the threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import scipy.linalg  # noqa: F401  (brings a BLAS of its own, which must be there to be limited)
from threadpoolctl import threadpool_limits

_one_at_a_time = threading.RLock()


@contextmanager
def single_thread() -> Iterator[None]:
    """One BLAS thread, for one task of this process at a time.

    The number of threads belongs to the whole process: two tasks that set it and put it back side by side, as
    the workers of an in-process cluster did, came to other bits in every run.
    """
    with _one_at_a_time, threadpool_limits(1, user_api="blas"):
        yield
