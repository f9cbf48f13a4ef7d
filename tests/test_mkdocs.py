"""``mkdocs build`` with our plugin: the same files, the same bytes, and nothing that our own build does not write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.project import AS_OF, ROOT, Project


def mkdocs(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PUBLISHER_AS_OF": AS_OF, "PYTHONPATH": str(ROOT), "DISABLE_MKDOCS_2_WARNING": "true"}
    command = [sys.executable, "-m", "mkdocs", "build", *arguments]
    return subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=False)


def test_mkdocs_gives_the_same_site_and_lets_nothing_else_through(demo: Project, tmp_path: Path) -> None:
    secret = demo.root / "content/liaison/2026-11.yml"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("手机: 机密\n", encoding="utf-8")
    out = tmp_path / "by-mkdocs"
    done = mkdocs(demo, "--strict", "--site-dir", str(out))
    assert done.returncode == 0, done.stderr
    ours, theirs = demo.files(), demo.files(out)
    assert sorted(theirs) == sorted(ours)
    assert theirs == ours


def test_mkdocs_stops_at_a_mistake_and_leaves_the_site(project: Project) -> None:
    project.news("a").build()
    before = project.files()
    project.write("content/news/bad.md", "---\n标题：坏\n---\n")
    done = mkdocs(project)
    assert done.returncode == 1
    assert "content/news/bad.md:2:3" in done.stdout + done.stderr
    assert project.files() == before
