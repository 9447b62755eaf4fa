"""What is fuzzed: something that takes any bytes, and either manages or refuses them with an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from dsgns.errors import DsgnsError


@dataclass(frozen=True)
class Target:
    """One reader.

    Parameters
    ----------
    seeds
        Bytes that it manages, from which others are made.
    read
        Whatever it raises that is no error of ours is a fault, and so is a run that does not end.
    """

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]

    def __call__(self, data: bytes) -> None:
        """Read some bytes; errors of ours are answers like others."""
        with suppress(DsgnsError):
            self.read(data)


def drain(pieces: Iterable[object]) -> None:
    """Take everything, keep nothing."""
    for _ in pieces:
        pass


def cut(data: bytes) -> list[bytes]:
    """Bytes in pieces of a length that their first one says: where a stream is cut must not matter."""
    step = 1 + (data[0] if data else 0)
    return [data[start : start + step] for start in range(0, len(data), step)]


def buffered(data: bytes) -> np.ndarray:
    """Text as kernels take it, uint8, with room behind."""
    return np.frombuffer(data + bytes(96), np.uint8).copy()
