"""The build: exact sets of rewritten files, the last good site, one plan for every way of building."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.cli import main
from publisher.configuration import load_settings
from publisher.engine import rebuild
from publisher.engine.build import Order, build
from publisher.engine.messages import pack_settings, unpack_settings
from publisher.engine.scan import sign_environment
from publisher.problems import PublisherError
from tests.project import AS_OF, ROOT, Project, _time
from tests.test_oracle import Theme

TAGS = "标签:\n  - 名称: 税收\n    网址名: tax\n  - 名称: 用工\n    网址名: labour\n"
POLICY_TAIL = """\
政策名称: 办法
发文机关: [某机关]
层级: 国家
文种: 公告
施行日期: 2026-01-01
政策有效期至: 2026-12-31
适用对象:
  主体类型: [企业]
支持方式: [其他]
申报方式: [自行申报享受]
受理部门: 某机关
原文链接: https://www.gov.cn/
一句话: 一句话。
核验日期: 2026-11-20
核验人: 编辑
核验方式: 对照原文
"""
EDITION = "标题: 一周\n周期: 每周\n起: 2026-11-16\n止: 2026-11-23\n栏目:\n  - {名称: 消息, 条目: [a, b, c]}\n"


def three(project: Project) -> Project:
    project.write("content/taxonomy/tags.yml", TAGS)
    for name, tags in (("a", "[税收]"), ("b", "[税收, 用工]"), ("c", "[用工]")):
        project.news(name, 标签=tags, 发布时间=f"2026-11-2{'abc'.index(name)} 09:00")
    return project


def test_a_second_build_writes_nothing(project: Project) -> None:
    three(project).build()
    assert project.report.wrote > 20
    project.build()
    assert (project.report.written, project.report.removed) == ([], [])


def pages(project: Project) -> set[str]:
    """What was written outside the search index, whose files tests/test_search_build.py is about."""
    return {path for path in project.report.written if not path.startswith("search/2") and path != "search/contents.json"}


def feeds(*folders: str) -> set[str]:
    """The three files of each feed."""
    return {f"{folder}{name}" for folder in folders for name in ("rss.xml", "atom.xml", "feed.json")}


def test_a_body_edit_rewrites_the_page_and_its_feeds_only(project: Project) -> None:
    three(project).build().edit("content/news/a.md", "正文。", "新的正文。").build()
    assert pages(project) == {"news/a/index.html"} | feeds("", "news/", "tags/tax/")
    assert project.report.removed == []


def test_a_title_edit_rewrites_what_shows_the_title(project: Project) -> None:
    """b is the next entry and has a tag in common; c is neither near nor akin."""
    three(project).build().edit("content/news/a.md", "消息a", "改过的标题").build()
    entries = {"news/a/index.html", "news/b/index.html"}
    lists = {"index.html", "news/index.html", "tags/tax/index.html", "archive/2026/11/index.html"}
    assert pages(project) == entries | lists | feeds("", "news/", "tags/tax/")
    assert project.report.removed == []


def test_a_new_tag_on_an_entry_rewrites_the_tag_and_what_is_akin_now(project: Project) -> None:
    three(project).build().edit("content/news/a.md", "[税收]", "[税收, 用工]").build()
    entries = {"news/a/index.html", "news/b/index.html", "news/c/index.html"}
    assert pages(project) == entries | {"tags/index.html", "tags/labour/index.html"} | feeds("", "news/", "tags/tax/", "tags/labour/")
    assert project.report.removed == []


def test_a_new_entry_rewrites_the_lists_it_stands_in(project: Project) -> None:
    three(project).build().news("d", 标签="[税收]", 发布时间="2026-11-22 12:00").build()
    entries = {f"news/{name}/index.html" for name in "abcd"}
    lists = {"index.html", "news/index.html", "tags/index.html", "tags/tax/index.html", "archive/index.html", "archive/2026/11/index.html", "sitemap.xml"}
    assert pages(project) == entries | lists | feeds("", "news/", "tags/tax/")
    assert project.report.removed == []


def test_a_removed_entry_rewrites_the_lists_it_stood_in(project: Project) -> None:
    three(project).build().remove("content/news/a.md").build()
    lists = {"index.html", "news/index.html", "tags/index.html", "tags/tax/index.html", "archive/index.html", "archive/2026/11/index.html", "sitemap.xml"}
    assert pages(project) == {"news/b/index.html"} | lists | feeds("", "news/", "tags/tax/")
    assert project.report.removed == ["news/a/index.html", "search/2026-11/texts-1.bin"]


def test_a_step_over_a_deadline_rewrites_what_shows_the_status(project: Project) -> None:
    three(project).edit("content/news/a.md", "[税收]", "[税收]\n有效期至: 2026-11-24").build("2026-11-23").build("2026-11-24 23:59")
    assert project.report.written == []
    project.build("2026-11-25")
    lists = {"index.html", "news/index.html", "tags/tax/index.html", "archive/2026/11/index.html"}
    assert pages(project) == {"news/a/index.html", "news/b/index.html"} | lists | feeds("", "news/", "tags/tax/")
    assert project.report.removed == []


def test_several_processes_write_what_one_writes(project: Project) -> None:
    three(project).build(processes=1)
    several = project.root / "several"
    project.build(out=several, processes=2)
    assert project.files() == project.files(several)
    for processes, out in ((1, project.out), (2, several)):
        project.edit("content/news/a.md", "正文。", f"{processes}。").edit("content/news/a.md", f"{processes}。", "正文。")
        project.write("content/news/d.md", project.read("../content/news/a.md").replace("消息a", "消息丁")).write("content/news/b.md", "")
        project.news("b", 标签="[用工]", 发布时间="2026-11-21 09:00")
        project.build(out=out, processes=processes)
    assert project.files() == project.files(several)
    assert "news/d/index.html" in project.files()


def test_a_removed_entry_leaves_no_file_behind(project: Project) -> None:
    three(project).build().remove("content/news/c.md").build()
    assert not (project.out / "news/c").exists()
    fresh = project.root / "fresh"
    project.build(out=fresh)
    assert project.files() == project.files(fresh)


def test_an_incremental_build_equals_a_clean_one(project: Project) -> None:
    three(project).build()
    project.edit("content/news/b.md", "[税收, 用工]", "[用工]").news("d", 标签="[税收]").remove("content/news/a.md").build()
    kept = project.files()
    fresh = project.root / "fresh"
    project.build(out=fresh)
    assert kept == project.files(fresh)
    project.build(clean=True)
    assert kept == project.files()


def test_time_alone_changes_the_site(project: Project) -> None:
    project.news("a", 发布时间="2026-11-24 09:00").news("b").build()
    assert not (project.out / "news/a").exists()
    project.build("2026-11-24 09:00")
    assert "消息a" in project.read("news/index.html")


@pytest.mark.parametrize("processes", ["1", "2"])
def test_the_same_inputs_give_the_same_bytes_elsewhere(project: Project, tmp_path: Path, processes: str) -> None:
    """Another folder, files made in another order, another process with other hashes, another locale and time zone, other cores."""
    three(project).write("content/editions/2026-W47.yml", EDITION).build()
    other = tmp_path / "elsewhere/still elsewhere"
    for path in sorted(
        (path for path in project.root.rglob("*") if path.is_file() and path.parts[len(project.root.parts)] in ("content", "mkdocs.yml")), reverse=True
    ):
        copy = other / path.relative_to(project.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (other / "templates").symlink_to(ROOT / "templates")
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C", "PYTHONPATH": str(ROOT), "PUBLISHER_PROCESSES": processes}
    command = [sys.executable, "-m", "publisher", "build", "--root", str(other), "--as-of", AS_OF]
    subprocess.run(command, check=True, env=environment, cwd=tmp_path, capture_output=True)
    assert project.files() == project.files(other / "site")


def test_an_error_leaves_the_last_good_site(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    three(project).build()
    before = project.files()
    project.write("content/news/bad.md", "---\n标题：坏\n---\n")
    assert main(["build", "--root", str(project.root), "--as-of", AS_OF]) == 1
    assert "content/news/bad.md:2:3: 错误 [full-width-colon]" in capsys.readouterr().out
    assert project.files() == before


def test_a_broken_template_names_itself_and_its_line(project: Project) -> None:
    three(project).build()
    (project.root / "templates").unlink()
    copy = project.root / "templates"
    subprocess.run(["cp", "-r", str(ROOT / "templates"), str(copy)], check=True)
    page = copy / "site/pages/parts/entry_foot.html"
    page.write_text(page.read_text(encoding="utf-8") + "\n{{ entry.nothing.at_all }}\n", encoding="utf-8")
    line = page.read_text(encoding="utf-8").count("\n")
    before = project.read("news/a/index.html")
    with pytest.raises(PublisherError, match=rf"entry_foot\.html, line {line}:"):
        project.build()
    assert project.read("news/a/index.html") == before


def test_a_folder_that_is_not_ours_is_refused(project: Project, tmp_path: Path) -> None:
    three(project)
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("ten years of work")
    with pytest.raises(PublisherError, match="did not make"):
        project.build(out=home)
    assert (home / "thesis.txt").read_text() == "ten years of work"


def test_a_lost_ledger_costs_time_not_truth(project: Project) -> None:
    three(project).build()
    before = project.files()
    for ledger in (project.root / "var").glob("ledger-*"):
        ledger.write_bytes(b"not a database at all, and long enough to be one " * 40)
    project.remove("content/news/c.md").news("c").build()
    assert project.report.wrote < len(before)
    project.build()
    assert project.report.wrote == 0


def test_a_file_changed_by_hand_is_healed(project: Project) -> None:
    three(project).build()
    good = project.read("news/a/index.html")
    project.write("site/news/a/index.html", "vandalised")
    project.build()
    assert project.read("news/a/index.html") == good
    assert project.report.written == ["news/a/index.html"]


def test_nothing_half_written_stays(project: Project) -> None:
    three(project).build()
    assert not [path for path in project.files() if path.endswith(".tmp")]


def test_withdrawn_entries_keep_a_tombstone_and_say_so_once_in_feeds(project: Project) -> None:
    project.news("a", body="机密的正文").news("b").build()
    project.edit("content/news/a.md", "标题: 消息a", "标题: 消息a\n状态: 已撤回\n撤回:\n  时间: 2026-11-22 10:00\n  说明: 主办方取消。").build()
    page = project.read("news/a/index.html")
    assert "主办方取消" in page
    assert "机密的正文" not in page
    assert "消息a" not in project.read("news/index.html")
    assert project.read("rss.xml").count("【已撤回】消息a") == 1
    assert "机密的正文" not in project.read("rss.xml")


def test_a_superseded_policy_says_so_and_leaves_feeds(project: Project) -> None:
    for name, extra in (("new", "替代: [old]\n"), ("old", "被替代: [new]\n")):
        project.write(f"content/policies/{name}.md", f"---\n标题: 政策{name}\n发布时间: 2026-11-20\n摘要: 摘要\n{extra}{POLICY_TAIL}---\n")
    project.build()
    page = project.read("policies/old/index.html")
    assert "已被替代" in page
    assert 'href="../../policies/new/"' in page
    assert "policies/old/" not in project.read("policies/rss.xml")
    assert "即将截止" in project.read("policies/new/index.html")


def test_two_tags_with_one_address_are_refused(project: Project) -> None:
    project.news("a", 标签="[AI, ai]")
    with pytest.raises(PublisherError, match="one file"):
        project.build()


def test_a_tag_without_an_address_of_its_own_has_files_that_a_server_finds(project: Project) -> None:
    """In links the name is encoded; the file has the plain name, for a server decodes before it looks."""
    project.news("a", 标签="[税收]").build()
    assert {"tags/税收/index.html", "tags/税收/rss.xml"} <= project.files().keys()
    assert 'href="../../tags/%E7%A8%8E%E6%94%B6/"' in project.read("news/a/index.html")
    assert "<loc>https://street.example/tags/%E7%A8%8E%E6%94%B6/</loc>" in project.read("sitemap.xml")


def test_a_long_sitemap_is_cut_and_a_short_one_is_whole_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """sitemaps.org allows 50,000 addresses in one file."""
    monkeypatch.setattr(rebuild, "SITEMAP_LENGTH", 8)
    for name in "abcdef":
        project.news(name)
    project.build()
    index = project.read("sitemap.xml")
    parts = re.findall(r"<loc>https://street\.example/(sitemap-\d\.xml)</loc>", index)
    assert parts == ["sitemap-1.xml", "sitemap-2.xml"] or len(parts) > 2
    addresses = [loc for part in parts for loc in re.findall(r"<loc>(.*?)</loc>", project.read(part))]
    assert len(addresses) == len(set(addresses))
    assert "https://street.example/news/f/" in addresses
    monkeypatch.setattr(rebuild, "SITEMAP_LENGTH", 50_000)
    project.remove("content/news/f.md").build()
    assert not [path for path in project.files() if path.startswith("sitemap-")]
    assert "<urlset" in project.read("sitemap.xml")


def test_pagination(project: Project) -> None:
    project.edit("mkdocs.yml", "plugins:", "extra: {publisher: {per_page: 2}}\nplugins:")
    for number in range(5):
        project.news(f"n{number}")
    project.build()
    assert (project.out / "news/page/3/index.html").exists()
    assert not (project.out / "news/page/4").exists()
    assert 'href="../../../news/page/3/"' in project.read("news/page/2/index.html")


def test_links_and_images_between_sources_become_addresses(project: Project) -> None:
    from PIL import Image

    (project.root / "content/news/images").mkdir(parents=True)
    Image.new("RGB", (120, 80), "red").save(project.root / "content/news/images/a.png")
    Image.new("RGB", (1, 1), "red").save(project.root / "content/news/images/unused.png")
    project.news("b", body="## 小标题\n\n正文").news("a", body="见[乙](b.md#小标题)和[全部](site:news/)，![红](images/a.png)").build()
    page = project.read("news/a/index.html")
    assert 'href="../../news/b/#小标题"' in page
    assert 'href="../../news/"' in page
    assert '<img src="../../news/images/a.png" alt="红" width="120" height="80" loading="lazy" decoding="async">' in page
    assert (project.out / "news/images/a.png").exists()
    assert not (project.out / "news/images/unused.png").exists()
    assert "href=&quot;https://street.example/news/b/#小标题" in project.read("rss.xml") or 'href="https://street.example/news/b/#小标题"' in project.read(
        "rss.xml"
    )


def test_two_editions_with_one_name_are_refused(project: Project) -> None:
    three(project).write("content/editions/2026-W47.yml", EDITION).build()
    project.write("content/editions/2026-W47.yaml", EDITION)
    assert project.check() == ["content/editions/2026-W47.yml:1:1 [duplicate-id]"]


def test_an_id_is_not_taken_over_by_a_file_that_comes_first(project: Project) -> None:
    """Only the new file is read again, and it wins by its name; the old one is to blame, and must be told."""
    three(project).build()
    before = project.files()
    project.news("0", 编号="b")
    report = build(Order(project.root, project.out, _time(AS_OF), Theme))
    assert [(problem.span.path, problem.code) for problem in report.problems] == [("content/news/b.md", "duplicate-id")]
    assert project.files() == before


def test_an_image_does_not_take_the_place_of_a_file_of_the_theme(project: Project) -> None:
    """Only the image's unit is made; that its file belongs to another is found out all the same."""
    from PIL import Image

    three(project).build()
    (project.root / "content/assets/images").mkdir(parents=True)
    Image.new("RGB", (2, 2)).save(project.root / "content/assets/images/favicon.png")
    project.edit("content/news/a.md", "正文。", "![图](../assets/images/favicon.png)")
    for is_clean in (False, True):
        with pytest.raises(PublisherError, match=r"one file: assets/images/favicon\.png"):
            project.build(clean=is_clean)


def test_a_withdrawn_entry_leaves_the_sitemap(project: Project) -> None:
    three(project).build()
    assert "news/a/" in project.read("sitemap.xml")
    project.edit("content/news/a.md", "标题: 消息a", "标题: 消息a\n状态: 已撤回\n撤回: {时间: 2026-11-22 10:00, 说明: 取消。}").build()
    assert "news/a/" not in project.read("sitemap.xml")


def test_a_file_of_the_theme_that_is_gone_leaves_the_site(project: Project) -> None:
    (project.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", project.root / "templates")
    three(project).write("templates/site/assets/more.css", "p { margin: 0 }").build()
    assert "assets/more.css" in project.files()
    project.remove("templates/site/assets/more.css").build()
    assert project.report.removed == ["assets/more.css"]
    assert "assets/more.css" not in project.files()


@pytest.mark.parametrize(("old", "new"), [("https://street.example/", "https://other.example/sub/"), ("测试用的站点", "另一句话")])
def test_what_every_page_says_of_the_site_is_renewed_on_every_page(project: Project, old: str, new: str) -> None:
    three(project).build().edit("mkdocs.yml", old, new).build()
    fresh = project.root / "fresh"
    project.build(out=fresh)
    assert project.files() == project.files(fresh)
    assert not [path for path, data in project.files().items() if old.encode() in data]


def test_a_deadline_of_a_withdrawn_entry_is_nobodys(project: Project) -> None:
    """An edition still names it; when the deadline passes nothing changes, in a quick build as in a clean one."""
    three(project).write("content/editions/2026-W47.yml", EDITION)
    project.edit("content/news/a.md", "标题: 消息a", "标题: 消息a\n有效期至: 2026-11-24\n状态: 已撤回\n撤回: {时间: 2026-11-22 10:00, 说明: 取消。}")
    project.build("2026-11-23").build("2026-11-26")
    assert project.report.written == []
    fresh = project.root / "fresh"
    project.build("2026-11-26", out=fresh)
    assert project.files() == project.files(fresh)


def test_a_style_is_copied_and_nothing_else_is_planned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.engine.scan._TICK", 0)
    (project.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", project.root / "templates")
    three(project).build()
    style = project.root / "templates/site/assets/site.css"
    style.write_text(style.read_text(encoding="utf-8") + "p { margin: 0 }\n", encoding="utf-8")
    monkeypatch.setattr("publisher.engine.worker.plan_unit", lambda *_: pytest.fail("a unit was planned"))
    project.build()
    assert project.report.written == ["assets/site.css"]


def test_a_configuration_that_mkdocs_takes_over_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.engine.scan._TICK", 0)
    config = project.root / "mkdocs.yml"
    project.write("base.yml", "copyright: 旧的一行\n").write("mkdocs.yml", "INHERIT: base.yml\n" + config.read_text(encoding="utf-8"))
    before = sign_environment(project.root)
    assert sign_environment(project.root) == before
    project.write("base.yml", "copyright: 新的另一行\n")
    assert sign_environment(project.root) != before


def test_the_target_of_a_linked_template_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.engine.scan._TICK", 0)
    (project.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", project.root / "templates")
    part = project.root / "templates/site/pages/parts/seal.html"
    project.write("elsewhere/seal.html", "一")
    part.unlink()
    part.symlink_to(project.root / "elsewhere/seal.html")
    before = sign_environment(project.root)
    assert sign_environment(project.root) == before
    project.write("elsewhere/seal.html", "另一个")
    assert sign_environment(project.root) != before


def test_kept_settings_are_those_that_were_read_or_none(project: Project) -> None:
    """A spoilt ledger may cost a reading of mkdocs.yml; it never makes a build with other settings."""
    settings, _ = load_settings(project.root)
    assert settings
    data = pack_settings(settings)
    assert unpack_settings(data) == settings
    for at in range(0, len(data), 7):
        assert unpack_settings(f"{data[:at]}{'1' if data[at] == '0' else '0'}{data[at + 1 :]}") is None
    assert unpack_settings(data[:-2]) is None
    assert unpack_settings(None) is None


def test_a_site_is_the_same_from_whatever_folder_it_is_built(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.engine.scan._TICK", 0)
    project.news("a").build()
    monkeypatch.chdir(project.root)
    assert sign_environment(Path()) == sign_environment(project.root)
    compiled = sorted((project.root / "var/templates").rglob("*.cache"))
    project.news("a", "改过。")
    assert main(["build", "--as-of", AS_OF]) == 0
    assert "改过。" in project.read("news/a/index.html")
    assert compiled
    assert sorted((project.root / "var/templates").rglob("*.cache")) == compiled


def test_an_edit_does_without_the_yaml_library(project: Project) -> None:
    project.news("a").news("b").build()
    program = "import sys; from publisher.cli import main; main(sys.argv[1:]); print('yaml' in sys.modules)"
    command = [sys.executable, "-c", program, "build", "--root", str(project.root), "--as-of", AS_OF]
    for body in ("改过一次。", "改过两次。"):  # the first finds a mkdocs.yml that was written a moment ago, and may read it again
        project.news("a", body)
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert body in project.read("news/a/index.html")
    assert ran.stdout.splitlines()[-1] == "False"
