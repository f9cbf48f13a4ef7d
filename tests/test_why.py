"""``publisher why``: what a file was made from, told by the build's own record."""

from __future__ import annotations

import json

import pytest

from publisher.cli import main
from tests.project import AS_OF, Project


def why(project: Project, path: str, *options: str) -> int:
    return main(["why", path, "--root", str(project.root), "--as-of", AS_OF, *options])


def told(project: Project, capsys: pytest.CaptureFixture[str], path: str) -> dict[str, list[str]]:
    assert why(project, path, "--format", "json") == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_page_names_its_source_its_template_and_its_neighbours(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.news("a", body="见[乙](b.md)。", 有效期至="2026-12-31").news("b").build()
    for path in ("news/a/", "news/a/index.html", "site/news/a/index.html", "/news/a"):
        assert why(project, path) == 0
        text = capsys.readouterr().out
        assert text.startswith("news/a/index.html\n由来：条目 a\n模板：templates/site/pages/entries/news.html\n内容：content/news/a.md\n")
        assert "    content/news/b.md（消息b）" in text
        assert "  时间到了 2026-" in text


def test_what_is_said_to_make_a_file_again_does(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Every entry whose text or card a page is said to depend on makes the page again when its title changes; others do not."""
    for name in "abc":
        project.news(name, 标签=f"[{'税收' if name != 'c' else '用工'}]")
    project.build()
    cells = told(project, capsys, "tags/税收/")["cells"]
    assert {cell.removeprefix("head:") for cell in cells if cell.startswith("head:")} == {"a", "b"}
    for name in "abc":
        project.edit(f"content/news/{name}.md", f"消息{name}", f"新的{name}").build()
        assert ("tags/税收/index.html" in project.report.written) == (name != "c")


@pytest.mark.parametrize(("path", "words"), [("index.html", "首页"), ("rss.xml", "订阅源"), ("sitemap.xml", "网站地图"), ("assets/site.css", "主题自带")])
def test_every_sort_of_file_can_be_explained(project: Project, capsys: pytest.CaptureFixture[str], path: str, words: str) -> None:
    project.news("a").build()
    assert why(project, path) == 0
    assert f"由来：{words}" in capsys.readouterr().out
    assert why(project, path, "--lang", "en") == 0
    assert "made again when one of these changes:" in capsys.readouterr().out


def test_every_file_of_the_demo_can_be_explained(demo: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for path in demo.files():
        assert why(demo, path) == 0, path
    capsys.readouterr()


def test_a_file_that_no_build_made(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert why(project, "index.html") == 3
    assert "还没有生成过" in capsys.readouterr().err
    project.news("a").build()
    assert why(project, "news/z/") == 1
    assert "没有由内容生成的“news/z/”" in capsys.readouterr().out
