"""A session in, the previewed site over HTTP out: files as they lie on disk, and in each page, as it is served, a script that reloads it.

Nothing of the script is ever on disk. Each page keeps an event stream open (server-sent events, WHATWG HTML section 9.2) and is told
after each build whether its own file has changed, and which problems there are.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from publisher.preview.session import Session
from publisher.problems.output import to_json

_OURS = "/__publisher/"
_ASSETS = Path(__file__).parent / "assets"
#: Seconds after which an idle stream says that it is still there.
_HEARTBEAT = 15.0


class PreviewServer(ThreadingHTTPServer):
    """The server of one session. Raises OSError when the port is taken."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], session: Session, base: str, lang: str) -> None:
        self.session, self.base, self.lang = session, base, lang
        self.is_closing = threading.Event()
        super().__init__(address, partial(_Handler, directory=str(session.out)))

    @property
    def url(self) -> str:
        """Where the preview is to be found."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def state(self, page: str, stamp: str) -> dict[str, Any]:
        """What a page is told: the version, whether its file is another than the one it was served as, the problems in Chinese or English."""
        session = self.session
        failure = session.failure
        return {
            "version": session.version,
            "styles": session.styles,
            "reload": _stamp(self.file_of(page)) != stamp,
            "failure": (failure.zh if self.lang == "zh" else failure.en) if failure else "",
            "built": session.report.is_built,
            "problems": [
                {"place": f"{item['path']}:{item['line']}:{item['column']}", "code": item["code"], "severity": item["severity"], "source": item["source"]}
                | {"message": item["message"][self.lang], "mend": item["mend"][self.lang]}
                for item in to_json(session.report.problems)
            ],
        }

    def file_of(self, page: str) -> Path:
        """The file that answers an address: within the site's folder, whatever the address says."""
        path = unquote(urlsplit(page).path)
        if self.base != "/" and path.startswith(self.base):
            path = path[len(self.base) - 1 :]
        parts = [part for part in path.split("/") if part not in ("", ".", "..") and "\0" not in part]
        file = self.session.out.joinpath(*parts)
        return file / "index.html" if path.endswith("/") or file.is_dir() else file


def _stamp(file: Path) -> str:
    try:
        return str(file.stat().st_mtime_ns)
    except OSError:
        return ""


class _Handler(SimpleHTTPRequestHandler):
    server: PreviewServer
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".xml": "application/xml; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".ics": "text/calendar; charset=utf-8",
        ".svg": "image/svg+xml",
        ".eml": "text/plain; charset=utf-8",
        ".opml": "text/x-opml; charset=utf-8",
    }

    def do_GET(self) -> None:
        """Answer one request."""
        parts = urlsplit(self.path)
        try:
            if parts.path == f"{_OURS}events":
                query = parse_qs(parts.query)
                self._stream(query.get("page", ["/"])[0], query.get("stamp", [""])[0])
            elif parts.path.startswith(_OURS):
                self._send(HTTPStatus.OK, _ASSETS / Path(parts.path).name) if (_ASSETS / Path(parts.path).name).is_file() else self._missing()
            else:
                self._page(parts.path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_HEAD(self) -> None:
        """Answer one request without its body."""
        self.do_GET()

    def _page(self, path: str) -> None:
        file = self.server.file_of(path)
        if file.name == "index.html" and not path.endswith(("/", "index.html")) and file.is_file():
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", quote(unquote(path)) + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif file.is_file():
            self._send(HTTPStatus.OK, file)
        else:
            self._missing()

    def _missing(self) -> None:
        page = self.server.session.out / "404.html"
        self._send(HTTPStatus.NOT_FOUND, page if page.is_file() else _ASSETS / "waiting.html")

    def _send(self, status: HTTPStatus, file: Path) -> None:
        stamp = _stamp(file)
        data = file.read_bytes()
        if file.suffix == ".html" and "digest.html" not in file.name:
            about = f'data-stamp="{stamp}" data-lang="{self.server.lang}" data-styles="{self.server.session.styles}"'
            script = f'<script src="{_OURS}preview.js" {about} defer></script>'
            head, mark, tail = data.rpartition(b"</body>")
            data = head + script.encode() + mark + tail if mark else data + script.encode()
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _stream(self, page: str, stamp: str) -> None:
        """Tell a page of each build until it goes."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Date-Opened", formatdate(usegmt=True))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        session = self.server.session
        while not self.server.is_closing.is_set():
            version = session.version
            words = json.dumps(self.server.state(page, stamp), ensure_ascii=False)
            self.wfile.write(f"data: {words}\n\n".encode())
            self.wfile.flush()
            while not session.wait(version, _HEARTBEAT) and not self.server.is_closing.is_set():
                self.wfile.write(b": still here\n\n")
                self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the class above
        """Say nothing: the terminal is for builds and problems."""


def open_server(address: tuple[str, int], session: Session, base: str, lang: str, busy: Callable[[int, int], None]) -> PreviewServer:
    """Take the port, or the next free one of twenty; ``busy`` is told which was taken and which is tried next."""
    host, port = address
    for number in range(port, port + 20) if port else (0,):
        try:
            return PreviewServer((host, number), session, base, lang)
        except OSError:
            if not port or number == port + 19:
                raise
            busy(number, number + 1)
    raise AssertionError
