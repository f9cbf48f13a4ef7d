"""What the tests share: a project in a folder that reads as a sentence, the built and served demo site, a browser, and no skip in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.host import served
from tests.postgres import PostgresServer, find_binaries, serve_postgres
from tests.project import AS_OF, ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project with the real templates."""
    return Project(tmp_path / "project")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo content of this repository, built once; tests must not change it."""
    demo = Project(tmp_path_factory.mktemp("demo"), mkdocs=(ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "content", demo.root / "content", dirs_exist_ok=True)
    demo.build(AS_OF)
    return demo


@pytest.fixture(scope="session")
def demo_url(demo: Project) -> Iterator[str]:
    """The demo site over HTTP."""
    with served(demo.out) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One real browser for all tests of a process; on a machine without one they are skipped."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium found (Debian package chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with serve_postgres(binaries) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of either sort."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'subscribers.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """On a newcomer's machine a missing part skips its tests; in CI a skip is a failure."""
    report = yield
    if os.environ.get("PUBLISHER_CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
