"""Results made on the way to something else: nobody means them who names no key, and `dsgns clean` frees them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dsgns.engine import Engine


@contextmanager
def set_aside(engine: Engine, purpose: str) -> Iterator[None]:
    """Set everything of the count road aside that this engine begins within the block, however that is left.

    What another run has begun, or makes in the same workspace meanwhile, stays what it is.
    """
    before, engine.purpose = engine.purpose, purpose
    try:
        yield
    finally:
        engine.purpose = before
