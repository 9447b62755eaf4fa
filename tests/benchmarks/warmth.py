"""Memory that the machine has at hand before the clock starts."""

from __future__ import annotations

import mmap
from contextlib import suppress

import psutil

MOST = 4 << 30
_HUGE = 2 << 20


def touch_memory(most: int = MOST) -> None:
    """Write to much of the free memory, and let go of it.

    A virtual machine's free pages go back to its host after a second or two, and who touches one then waits for the
    host. Without this, a run pays for the rest that went before it, and two workers that grow at once pay most.

    Parameters
    ----------
    most
        Bytes; never more than half of what is available.
    """
    size = min(most, psutil.virtual_memory().available // 2) // _HUGE * _HUGE
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages:
        with suppress(AttributeError, OSError):
            pages.madvise(mmap.MADV_HUGEPAGE)
        for page in range(0, size, mmap.PAGESIZE):
            pages[page] = 1
