"""A built site as a street's host serves it: gzipped for those who take it, below a sub-path if asked, with the site's page for unknown addresses."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote

#: What is worth compressing.
_TEXT = {".html", ".css", ".js", ".svg", ".xml", ".json", ".txt", ".ics", ".opml"}


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *words: object, base: str, **named: object) -> None:
        self.base = base
        super().__init__(*words, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        root = Path(self.directory)
        file = root / path.removeprefix(self.base)
        if path.startswith(self.base) and file.is_dir() and not path.endswith("/"):
            self.send_response(301)
            self.send_header("Location", f"{self.path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = file / "index.html" if path.endswith("/") else file
        is_found = path.startswith(self.base) and file.is_file()
        file = file if is_found else root / "404.html"
        data, coding = file.read_bytes(), ""
        if "gzip" in self.headers.get("Accept-Encoding", "") and file.suffix in _TEXT:
            data, coding = _gzipped(data), "gzip"
        self.send_response(200 if is_found else 404)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Vary", "Accept-Encoding")
        # Material names its files by their content; what has no such name is asked for again.
        self.send_header("Cache-Control", "max-age=31536000, immutable" if ".min." in file.name else "no-cache")
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # a browser that has seen enough
            self.close_connection = True

    def log_message(self, *words: object) -> None:
        pass


@cache
def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


@contextmanager
def served(folder: Path, base: str = "/") -> Iterator[str]:
    """The address at which a built site is served."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder), base=base)) as httpd:
        httpd.daemon_threads = True
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}{base}"
        httpd.shutdown()
