"""The subscription service as people run it: its command, in a process of its own, behind the street's two hosts as a browser sees them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.project import ROOT, Project
from tests.readers import SERVICE
from tests.smtp_server import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route


@contextlib.contextmanager
def serve_subscriptions(project: Project, smtp_port: int, database_url: str = "") -> Iterator[str]:
    """The address at which `publisher subscriptions serve` answers for a project that is built; its log must hold no fault and no address."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    environment |= {"PUBLISHER_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}", "PYTHONUNBUFFERED": "1"}
    environment |= {"PUBLISHER_DATABASE_URL": database_url} if database_url else {}
    command = [sys.executable, "-m", "publisher", "subscriptions", "serve", "--root", str(project.root), "--port", str(port)]
    with (project.root / "service.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: _is_up(f"http://127.0.0.1:{port}/health"), "the service", process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        assert process.wait(30) in (0, -15)
    said = (project.root / "service.log").read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    assert "zhang@qq.com" not in said, "no address stands in a log"


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(is_so: Callable[[], object], what: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait up to a minute until something is so."""
    end = time.monotonic() + 60
    while not is_so():
        assert process is None or process.poll() is None, f"{what} has ended"
        assert time.monotonic() < end, f"waited for {what} in vain"
        time.sleep(0.05)


def open_hosts(browser: Browser, project: Project, service: str, width: int = 390, *, scripts: bool = False) -> Page:
    """A page for which the street's two hosts are on this machine, as a reverse proxy would have it."""
    page = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts).new_page()

    def answer_site(route: Route) -> None:
        path = route.request.url.removeprefix("https://street.example/").partition("?")[0]
        file = project.out / (path + "index.html" if path.endswith("/") or not path else path)
        route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)

    page.route("https://street.example/**", answer_site)
    page.route(f"{SERVICE}**", lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace(SERVICE, service))))
    return page
