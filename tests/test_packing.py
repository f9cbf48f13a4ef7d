"""``publisher build --compress``: what lies compressed beside a file is that file, always; and nothing is left when it is not wanted."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest

from publisher.clock import read_as_of
from publisher.engine import output as output_module
from publisher.engine.build import Order, build
from publisher.engine.report import BuildReport
from tests.project import AS_OF, Project, load_theme_of


def make(project: Project, *, is_packed: bool | None = True) -> BuildReport:
    report = build(Order(project.root, project.out, read_as_of(AS_OF), load_theme_of, processes=1, is_packed=is_packed))
    assert report.is_built
    return report


def packed(project: Project) -> dict[str, tuple[bytes, int]]:
    """The compressed files with their time."""
    return {
        path.relative_to(project.out).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in project.out.rglob("*")
        if path.suffix in (".gz", ".br")
    }


def assert_true(project: Project) -> None:
    """Every compressed file holds its file, and every text of some length has both."""
    for name, (data, mtime) in packed(project).items():
        source = project.out / name[:-3]
        assert (gzip.decompress(data) if name.endswith(".gz") else brotli.decompress(data)) == source.read_bytes(), name
        assert mtime == source.stat().st_mtime_ns
    for path in project.out.rglob("*.html"):
        assert path.with_name(path.name + ".gz").exists() == path.with_name(path.name + ".br").exists() == (path.stat().st_size > 1024), path


def test_texts_are_compressed_and_pictures_are_not(project: Project) -> None:
    make(project.news("a"))
    assert_true(project)
    names = set(packed(project))
    assert {"index.html.gz", "index.html.br", "assets/site.css.br", "news/a/index.html.gz", "news/rss.xml.gz"} <= names
    assert not [name for name in names if ".png" in name]
    assert "robots.txt.gz" not in names, "it is too small"


def test_an_edit_compresses_exactly_what_it_wrote(project: Project) -> None:
    make(project.news("a", body="旧的正文").news("b"))
    before = packed(project)
    project.edit("content/news/a.md", "旧的正文", "新的正文")
    report = make(project)
    assert_true(project)
    after = packed(project)
    wanted = {path + suffix for path in report.written for suffix in (".gz", ".br") if path + suffix in after}
    assert {name for name in after if after[name] != before.get(name)} == wanted
    assert report.packed == len(wanted)
    assert make(project).packed == 0
    assert packed(project) == after


def test_the_same_site_is_compressed_to_the_same_bytes(project: Project, tmp_path: Path) -> None:
    make(project.news("a"))
    other = Project(tmp_path / "other").news("a")
    make(other)
    assert {name: data for name, (data, _) in packed(project).items()} == {name: data for name, (data, _) in packed(other).items()}


def test_what_goes_goes_with_its_compressed_files(project: Project) -> None:
    make(project.news("a").news("b"))
    project.remove("content/news/a.md")
    make(project)
    assert not [name for name in packed(project) if name.startswith("news/a/")]
    assert not (project.out / "news/a").exists()
    assert_true(project)


def test_other_verbs_leave_it_as_it_was_and_without_the_option_none_are_left(project: Project) -> None:
    make(project.news("a"))
    count = len(packed(project))
    project.news("b")
    make(project, is_packed=None)
    assert len(packed(project)) > count
    assert_true(project)
    make(project, is_packed=False)
    assert packed(project) == {}
    plain = set(project.files())
    make(project, is_packed=None)
    assert set(project.files()) == plain


def test_a_lost_or_foreign_compressed_file_is_made_again(project: Project) -> None:
    make(project.news("a"))
    (project.out / "index.html.gz").unlink()
    (project.out / "news/a/index.html.br").write_bytes(b"foreign")
    assert make(project).packed == 4
    assert_true(project)


def test_at_no_moment_an_old_text_is_served_for_a_new_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    make(project.news("a", body="旧的正文"))
    seen: list[str] = []
    real = os.replace

    def replace(draft: str, full: str) -> None:
        if not str(full).endswith((".gz", ".br")):
            assert not Path(f"{full}.gz").exists(), full
            seen.append(str(full))
        real(draft, full)

    monkeypatch.setattr(output_module.os, "replace", replace)
    project.edit("content/news/a.md", "旧的正文", "新的正文")
    make(project)
    assert [name for name in seen if name.endswith("news/a/index.html")]
