"""Results made on the way to something else: nobody means them who names no key, and `dsgns clean` frees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dsgns.store import Output, Workspace

_STAGES = ("counts", "marginals", "svd")


@contextmanager
def set_aside(workspace: Workspace, purpose: str) -> Iterator[None]:
    """Set everything of the count road aside that is made within the block, also where that is left by an error."""
    there = _complete(workspace)
    try:
        yield
    finally:
        for output in _complete(workspace) - there:
            output.put_aside(purpose)


def _complete(workspace: Workspace) -> set[Output]:
    return {output for stage in _STAGES for output in workspace.complete(stage)}
