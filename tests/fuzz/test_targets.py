"""What ``make fuzz`` drives for minutes, for a moment: inputs changed by chance, kernels compiled."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


def changed(data: bytes, chance: random.Random) -> bytes:
    """Some bytes with one thing done to them."""
    at, end = sorted(chance.choices(range(len(data) + 1), k=2))
    return chance.choice(
        [
            data[:at] + data[end:],
            data[:end] + data[at:],
            data[:at] + chance.randbytes(chance.randrange(4)) + data[min(at + 1, len(data)) :],
            data[:at],
        ]
    )


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_they_become(name: str) -> None:
    chance = random.Random(name)
    for seed in TARGETS[name].seeds:
        TARGETS[name].read(seed)
        for _ in range(30):
            TARGETS[name](changed(seed, chance))


def test_a_fault_is_no_answer() -> None:
    def faulty(data: bytes) -> None:
        data[7]

    with pytest.raises(IndexError):
        Target((), faulty)(b"short")
