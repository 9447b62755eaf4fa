"""Reading beside work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, each read by a thread while the one before it is worked on.

    Two of them are there at any time, so only every other one may lie in the same memory.

    Raises
    ------
    Exception
        Whatever reading an item raised, in its place.

    Examples
    --------
    >>> list(read_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1, "read") as thread:
        following = thread.submit(_next, items)
        while found := following.result():
            following = thread.submit(_next, items)
            yield from found


def _next(items: Iterator[Item]) -> tuple[()] | tuple[Item]:
    """The next item, if there is one: StopIteration cannot pass a future."""
    for item in items:
        return (item,)
    return ()
