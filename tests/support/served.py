"""Files given out over HTTP on this machine, as a web server does."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@contextmanager
def served(files: Mapping[str, bytes], ranges: bool = True) -> Iterator[str]:
    """The address that files are found below, by their names, while the block runs.

    Parameters
    ----------
    ranges
        Whether a part of a file may be asked for.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self.wfile.write(self._answer())

        def _answer(self) -> bytes:
            data = files.get(self.path.lstrip("/"))
            asked = _RANGE.fullmatch(self.headers.get("Range", "")) if ranges else None
            self.send_response(404 if data is None else 206 if asked else 200)
            whole, part = data or b"", data or b""
            if asked:
                start, stop = int(asked[1]), int(asked[2] or len(whole) - 1) + 1
                part = whole[start:stop]
                self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(whole)}")
            if ranges:
                self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(part)))
            self.send_header("ETag", f'"{hash(whole)}"')
            self.end_headers()
            return part

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
