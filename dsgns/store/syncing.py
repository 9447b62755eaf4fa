"""Blocks forced onto the disk by a thread, while the next ones are being made."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import numpy as np

from dsgns import progress
from dsgns.store.blocks import Blocks, Written
from dsgns.store.manifest import Manifest

MOST_UNSYNCED = 2
"""Blocks that may wait for the disk while one more is written: a disk that is slower than the work holds it up."""


class Syncing:
    """Writes blocks as :class:`~dsgns.store.blocks.Blocks` does, without waiting for the disk after each.

    Use it in a ``with`` statement: when that ends all of them are there, whatever came between. As ever a block's
    manifest comes after its data are on the disk; until then there is no such block. What waits holds no memory of
    the process: its data have left for the system.

    Parameters
    ----------
    output
        Where the blocks go.
    """

    def __init__(self, output: Blocks) -> None:
        self._output = output
        self._thread = ThreadPoolExecutor(1, "sync")
        self._unsynced: deque[Future[Manifest]] = deque()

    def write(
        self,
        name: str,
        arrays: Mapping[str, np.ndarray],
        *,
        facts: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Manifest:
        """Write one of several blocks that a task makes; its manifest says what making it took.

        Raises
        ------
        OSError
            If an earlier block could not be forced onto the disk.
        """
        place, block = self._output.put(name, arrays, facts=facts, attributes=attributes)
        block = progress.measured(block)
        self._unsynced.append(self._thread.submit(self._output.settle, Written(place, block)))
        while len(self._unsynced) > MOST_UNSYNCED:
            self._unsynced.popleft().result()
        return block

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whatever went wrong, what is counted is kept, and nothing is written any more once the task is over.
        self._thread.shutdown()
        if kind is None:
            for future in self._unsynced:
                future.result()
