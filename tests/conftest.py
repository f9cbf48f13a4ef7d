"""What the tests share: a project in a folder that reads as a sentence, the built demo site, and no skip in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import AS_OF, ROOT, Project


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """On a newcomer's machine a missing part skips its tests; in CI a skip is a failure."""
    report = yield
    if os.environ.get("PUBLISHER_CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
