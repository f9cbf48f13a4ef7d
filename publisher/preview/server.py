"""A session in, the previewed site over HTTP out: files as they lie on disk, and in each page, as it is served, a script that reloads it.

Nothing of the script is ever on disk. Each page keeps an event stream open (server-sent events, WHATWG HTML section 9.2) and is told
after each build whether its own file has changed, and which problems there are.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import sys
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from publisher.preview.session import Session
from publisher.problems.output import to_json

_OURS = "/__publisher/"
_ASSETS = Path(__file__).parent / "assets"
#: Seconds after which an idle stream says that it is still there.
_HEARTBEAT = 15.0
#: How many ports are tried.
_TRIES = 20
#: What systems say of a port that somebody has.
_TAKEN = (errno.EADDRINUSE, errno.EACCES) if os.name == "nt" else (errno.EADDRINUSE,)


class PreviewServer(ThreadingHTTPServer):
    """The server of one session. Raises OSError when the port is taken."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"

    def __init__(self, address: tuple[str, int], session: Session, base: str, lang: str) -> None:
        self.session, self.base, self.lang = session, base, lang
        self.is_closing = threading.Event()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, partial(_Handler, directory=str(session.out)))
        self._is_local = ip_address(str(self.server_address[0])).is_loopback

    @property
    def url(self) -> str:
        """Where the preview is to be found."""
        host, port = str(self.server_address[0]), self.server_address[1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def answers_to(self, host: str) -> bool:
        """Whether a name in a request is ours. Else any website could name itself 127.0.0.1 and read drafts (DNS rebinding)."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
            return not self._is_local or name == "localhost" or name.endswith(".localhost") or ip_address(name).is_loopback
        except ValueError:
            return False

    def state(self, page: str, stamp: str) -> dict[str, Any]:
        """What a page is told: the version, whether its file is another than the one it was served as, the problems in Chinese or English."""
        session = self.session
        report, failure = session.report, session.failure
        return {
            "version": session.version,
            "styles": session.styles,
            "reload": stamp_of(self.file_of(page)) != stamp,
            "failure": (failure.zh if self.lang == "zh" else failure.en) if failure else "",
            "built": report.is_built,
            "problems": [
                {"place": f"{item['path']}:{item['line']}:{item['column']}", "code": item["code"], "severity": item["severity"], "source": item["source"]}
                | {"message": item["message"][self.lang], "mend": item["mend"][self.lang]}
                for item in to_json(report.problems)
            ],
        }

    def file_of(self, page: str) -> Path:
        """The file that answers an address: within the site's folder, whatever the address says."""
        path = unquote(page.partition("?")[0].partition("#")[0])
        if self.base != "/" and path.startswith(self.base):
            path = path[len(self.base) - 1 :]
        out = self.session.out
        file = out.joinpath(*(part for part in path.split("/") if part not in ("", ".", "..")))
        if not Path(os.path.normpath(file)).is_relative_to(out):  # Windows has more ways out: backslashes and drives
            return out / "404.html"
        return file / "index.html" if path.endswith("/") or stat.S_ISDIR(_mode(file)) else file

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a browser that went away in the middle; a fault of our own is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _mode(file: Path) -> int:
    try:
        return file.stat().st_mode
    except (OSError, ValueError):  # no such file, or no name that a file could have
        return 0


def stamp_of(file: Path) -> str:
    """What tells one version of a file from another; empty when there is none."""
    try:
        return str(file.stat().st_mtime_ns)
    except (OSError, ValueError):
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
        ".webp": "image/webp",
        ".woff2": "font/woff2",
        ".eml": "text/plain; charset=utf-8",
        ".opml": "text/x-opml; charset=utf-8",
    }

    def do_GET(self) -> None:
        """Answer one request."""
        path, _, query = self.path.partition("?")
        try:
            if not self.server.answers_to(self.headers.get("Host", "")):
                self.send_error(HTTPStatus.FORBIDDEN, "not for this name", "publisher serve answers to localhost and 127.0.0.1; see --host")
            elif path == f"{_OURS}events":
                asked = parse_qs(query)
                self._stream(asked.get("page", ["/"])[0], asked.get("stamp", [""])[0])
            elif path.startswith(_OURS):
                self._send(HTTPStatus.OK, _ASSETS / Path(path).name)
            else:
                self._page(path)
        except ConnectionError:
            self.close_connection = True

    def do_HEAD(self) -> None:
        """Answer one request without its body."""
        self.do_GET()

    def _page(self, path: str) -> None:
        file = self.server.file_of(path)
        if file.name == "index.html" and not path.endswith(("/", "index.html")) and stat.S_ISREG(_mode(file)):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", quote(unquote(path)) + "/")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(HTTPStatus.OK, file)

    def _send(self, status: HTTPStatus, file: Path) -> None:
        """Send a file, or the site's page for unknown addresses: that one bears the stamp of no file, so that it gives way when there is one."""
        stamp = stamp_of(file)  # before the file is read: a page that is replaced meanwhile is loaded once more
        try:
            data = file.read_bytes()
        except (OSError, ValueError):
            status, stamp = HTTPStatus.NOT_FOUND, ""
            file = self.server.session.out / "404.html"
            file = file if stat.S_ISREG(_mode(file)) else _ASSETS / "waiting.html"
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
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        session = self.server.session
        while self.command != "HEAD" and not self.server.is_closing.is_set():
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
    last = min(port + _TRIES, 65536) - 1 if port else 0
    for number in range(port, last + 1):
        try:
            return PreviewServer((host, number), session, base, lang)
        except OSError as error:
            if error.errno not in _TAKEN or number == last:
                raise
            busy(number, number + 1)
    raise AssertionError
