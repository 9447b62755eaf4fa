from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from dsgns.svd.ahead import read_ahead


def test_the_next_item_is_read_while_one_is_worked_on():
    reading = [threading.Event() for _ in range(4)]

    def items() -> Iterator[int]:
        for number, event in enumerate(reading):
            event.set()
            yield number

    found = []
    for number in read_ahead(items()):
        found.append(number)
        if number + 1 < len(reading):
            assert reading[number + 1].wait(timeout=30)
    assert found == [0, 1, 2, 3]


def test_no_more_than_one_item_is_read_ahead():
    made = []
    ahead = read_ahead(number for number in range(5) if made.append(number) is None)
    next(ahead)
    next(ahead)
    ahead.close()
    assert made == [0, 1, 2]


def test_what_reading_raises_comes_in_its_place():
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    ahead = read_ahead(items())
    assert next(ahead) == 1
    with pytest.raises(OSError, match="gone"):
        next(ahead)


def test_nothing_to_read():
    assert list(read_ahead(iter(()))) == []
