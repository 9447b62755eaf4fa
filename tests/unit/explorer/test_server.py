"""Where the page is shown, and where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from socket import socket

import pytest

from dsgns.errors import ParameterError
from dsgns.explorer import server


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_told(taken: int) -> None:
    with pytest.raises(ParameterError, match=rf"--port {taken}: Address already in use\. Another --port may be free"):
        server.listen("127.0.0.1", taken)


def test_without_one_any_that_is_free_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PORT", taken)
    with server.listen("127.0.0.1", None) as found:
        assert found.getsockname()[0] == "127.0.0.1"
        assert found.getsockname()[1] != taken


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ParameterError, match=r"--host 192\.0\.2\.1"):
        server.listen("192.0.2.1", 0)
