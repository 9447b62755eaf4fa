"""Requests to a remote store are repeated after longer and longer, not for ever, and only where that may help."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from dsgns.errors import WorkspaceError
from dsgns.store import patience
from dsgns.store.files import Files
from dsgns.store.objects import STEP
from dsgns.store.patience import patiently

BUSY = OSError(errno.EBUSY, "Please reduce your request rate.")


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.pauses = 0.0, list[float]()
        monkeypatch.setattr(patience, "time", self)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Tries:
    def __init__(self, times: int, error: Exception) -> None:
        self.left, self.error, self.made = times, error, 0

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        self.made += 1
        if self.made <= self.left:
            raise self.error
        return self.made


class HTTPClientError(Exception):
    """What botocore raises of a lost connection is of a class of this name, and no OSError."""


@pytest.mark.parametrize("error", [BUSY, ConnectionResetError(), TimeoutError(), HTTPClientError(), OSError("closed")])
def test_trouble_that_passes_is_waited_out(clock: Clock, error: Exception) -> None:
    assert patiently("s3://b", Tries(4, error).__next__) == 5
    longest = [0.2, 0.4, 0.8, 1.6]
    assert all(most / 2 <= pause <= most for pause, most in zip(clock.pauses, longest, strict=True))


def test_trouble_that_stays_is_an_error_in_the_end(clock: Clock) -> None:
    tries = Tries(1000, BUSY)
    with pytest.raises(WorkspaceError, match=r"s3://b did not answer \d+ times within \d+ s .*reduce your request"):
        patiently("s3://b", tries.__next__)
    assert clock.now <= patience.PATIENCE
    assert 8 < tries.made < 25


@pytest.mark.parametrize(
    "error", [FileNotFoundError(), PermissionError(), OSError(errno.EINVAL, "InvalidRange"), ValueError("mine")]
)
def test_what_is_certain_is_not_asked_again(clock: Clock, error: Exception) -> None:
    tries = Tries(1000, error)
    with pytest.raises(type(error)):
        patiently("s3://b", tries.__next__)
    assert tries.made == 1


def test_an_object_whose_parts_break_off_is_not_put(monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files("memory://broken")
    discarded = []
    opened = MemoryFileSystem.open

    def remembering(self: MemoryFileSystem, path: str, *args: object, **named: object) -> object:
        file = opened(self, path, *args, **named)
        file.discard = lambda: discarded.append(path)
        return file

    def parts() -> Iterator[bytes]:
        yield bytes(STEP + 1)
        raise KeyboardInterrupt

    monkeypatch.setattr(MemoryFileSystem, "open", remembering)
    with pytest.raises(KeyboardInterrupt):
        files.write("large.bin", parts())
    assert discarded == ["/broken/large.bin"]
