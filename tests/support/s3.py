"""A server that speaks S3's protocol on loopback, and a proxy before it that loses, refuses and counts requests."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

BUCKET = "bucket"

_REFUSED = {
    "throttled": (503, "SlowDown", "Please reduce your request rate."),
    "server error": (500, "InternalError", "We encountered an internal error. Please try again."),
}


class Request(NamedTuple):
    """One request that has been answered by the server."""

    method: str
    path: str
    headers: dict[str, str]


class Proxy(ThreadingHTTPServer):
    """Passes requests on to a server, unless ``trouble`` says otherwise of a method and path.

    Parameters
    ----------
    host, port
        Of the server.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.server_at = host, port
        self.answered: list[Request] = []
        self.troubled: list[str] = []
        self.trouble: Callable[[str, str], str | None] = lambda method, path: None

    @property
    def url(self) -> str:
        """What clients take for the endpoint."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients go away when they like."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.server.trouble(self.command, self.path)
        if kind is not None:
            self.server.troubled.append(kind)
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif kind is not None:
            status, code, text = _REFUSED[kind]
            self._answer(status, {}, f"<Error><Code>{code}</Code><Message>{text}</Message></Error>".encode())
        else:
            server = HTTPConnection(*self.server.server_at)
            server.request(self.command, self.path, body, dict(self.headers))
            answer = server.getresponse()
            data = answer.read()
            server.close()
            self.server.answered.append(Request(self.command, self.path, dict(self.headers)))
            self._answer(answer.status, dict(answer.getheaders()), data)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on  # noqa: N815

    def _answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(name, value)
        known = next((value for name, value in headers.items() if name.lower() == "content-length"), len(data))
        self.send_header("Content-Length", str(known if self.command == "HEAD" else len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def object_store() -> Iterator[Proxy]:
    """A server with an empty bucket, and the proxy before it; :func:`use` has a process go through that."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    proxy = Proxy(*server.get_host_and_port())
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    use(proxy.url)
    _new_filesystem().mkdir(BUCKET)
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        server.stop()


def use(endpoint: str) -> None:
    """Have this process take a server for S3; its client does not ask again by itself, for the tests' sake."""
    os.environ |= {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }


def put(path: str, data: bytes) -> str:
    """Put an object as another client would; its URL."""
    _new_filesystem().pipe_file(f"{BUCKET}/{path}", data)
    return f"s3://{BUCKET}/{path}"


def delete(path: str) -> None:
    """Delete an object as another client would."""
    _new_filesystem().rm_file(f"{BUCKET}/{path}")


def _new_filesystem() -> Any:
    import fsspec

    return fsspec.filesystem("s3", skip_instance_cache=True)
