"""Hosts of their own on one machine: network namespaces that hang on a bridge. Linux and root's rights are needed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

_NETWORK = "10.83.71"


class Host(NamedTuple):
    """Where processes are started: this machine itself, unless there is a namespace.

    Parameters
    ----------
    address
        Where its processes listen.
    namespace, link
        Its network, and the end of its cable on this machine.
    """

    address: str = "127.0.0.1"
    namespace: str = ""
    link: str = ""

    def command(self, words: Sequence[str]) -> list[str]:
        """What starts a command there; it is the same process."""
        return [*(("ip", "netns", "exec", self.namespace) if self.namespace else ()), *words]

    def cut(self) -> None:
        """Pull the cable: nobody is told, packets are lost."""
        _ip("link", "set", self.link, "down")

    def join(self) -> None:
        """Put it back."""
        _ip("link", "set", self.link, "up")


@contextmanager
def hosts(number: int) -> Iterator[list[Host]]:
    """So many hosts, which reach each other and this machine."""
    mark = f"d{os.getpid() % 100_000}"
    with ExitStack() as stack:
        _ip("link", "add", mark, "type", "bridge")
        stack.callback(_ip, "link", "del", mark)
        _ip("addr", "add", f"{_NETWORK}.254/24", "dev", mark)
        _ip("link", "set", mark, "up")
        made = [Host(f"{_NETWORK}.{n + 1}", f"{mark}-{n}", f"{mark}v{n}") for n in range(number)]
        for host in made:
            _ip("netns", "add", host.namespace)
            stack.callback(_ip, "netns", "del", host.namespace)
            _ip("link", "add", host.link, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
            stack.callback(_ip, "link", "del", host.link)
            _ip("link", "set", host.link, "master", mark, "up")
            _ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", "eth0")
            for device in ("eth0", "lo"):
                _ip("-n", host.namespace, "link", "set", device, "up")
        yield made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=30)
