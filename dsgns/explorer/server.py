"""A Bokeh server that shows one workspace to browsers."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from typing import Any

import psutil
from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.server.server import BaseServer
from bokeh.server.tornado import BokehTornado
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from dsgns.choosing import SIDE_BY_SIDE
from dsgns.errors import ParameterError
from dsgns.explorer.document import fill_document
from dsgns.explorer.library import Library

PORT = 8686
_REFUSED = "<!DOCTYPE html><p>dsgns explore is shown under this machine's own names only, such as localhost.</p>"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def serve(library: Library, host: str, port: int | None, began: Callable[[str], None]) -> None:
    """Show a workspace until the process is told to stop.

    Parameters
    ----------
    library
        The workspace.
    host
        The address to listen on.
    port
        0 for any that is free; None for :data:`PORT`, or any where that is taken.
    began
        Called with the page's address once it is there.

    Raises
    ------
    ParameterError
        If nothing can listen there.
    """
    listening = listen(host, port)
    names = _names(host)

    def fill(document: Document) -> None:
        fill_document(document, library, _keys(document))

    # Whatever the port: a tunnel's other end may have any.
    origins = [f"{name}:*" for name in names]
    application = Application(FunctionHandler(fill))
    pages = _Ours(names, application, extra_websocket_origins=origins, ico_path="none")
    listener = HTTPServer(pages)
    listener.add_socket(listening)
    server = BaseServer(IOLoop.current(), pages, listener)
    try:
        began(f"http://{_shown(host)}:{listening.getsockname()[1]}/")
        server.start()
        server.io_loop.start()
    finally:
        server.stop()


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens there: see :func:`serve`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, PORT if port is None else port), family=family, backlog=128)
    except OSError as error:
        if port is None and error.errno == errno.EADDRINUSE:
            return listen(host, 0)
        why = str(error.strerror or error).split(" (")[0]
        raise ParameterError(
            f"nothing can listen at --host {host} --port {PORT if port is None else port}: {why}. "
            "Another --port may be free; 0 takes any that is."
        ) from error
    made.setblocking(False)
    return made


class _Ours(BokehTornado):  # type: ignore[misc]
    """Answers those alone who ask for this machine by a name of its own: one of somebody else's may lead here too.

    So a page of theirs would be read as if it were ours (DNS rebinding). What is asked for is looked at before Bokeh
    sees it, for sessions of its own can be named in addresses.

    Parameters
    ----------
    names
        Of this machine, in small letters.
    """

    def __init__(self, names: list[str], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._names = frozenset(names)

    def find_handler(self, request: HTTPServerRequest, **options: Any) -> HTTPMessageDelegate:
        """What answers a request."""
        if request.host.rsplit(":", 1)[0].lower() in self._names:
            return super().find_handler(request, **options)
        return self.get_handler_delegate(request, _Refusal)


class _Refusal(RequestHandler):  # type: ignore[misc]
    """Says under which names the page is shown."""

    def prepare(self) -> None:
        """Whatever was asked, and how."""
        self.set_status(403)
        self.finish(_REFUSED)


def _keys(document: Document) -> dict[str, str]:
    """The results that the page's address names, by road."""
    arguments = document.session_context.request.arguments
    return {road: arguments[road][0].decode("utf-8", "replace") for road in SIDE_BY_SIDE if road in arguments}


def _names(host: str) -> list[str]:
    """The names under which a browser may come: no other page may speak with a session in its reader's name."""
    if host in ("localhost", "127.0.0.1", "::1"):
        return list(_LOOPBACK)
    addresses = [address.address for known in psutil.net_if_addrs().values() for address in known]
    names = [_shown(host), socket.gethostname(), socket.getfqdn(), *map(_shown, addresses)]
    return [*_LOOPBACK, *map(str.lower, names)]


def _shown(host: str) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]" if ":" in host else host
