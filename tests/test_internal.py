"""The internal site: what it shows, that every page says what it is, where it may not be written, and that it is right after an edit."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from publisher.cli import main
from publisher.failure import PublisherError
from publisher.internal import build as internal_build
from publisher.internal.build import build_internal
from publisher.internal.folder import Draft
from tests.host import served
from tests.layouts import checker
from tests.liaison_tree import spoiled
from tests.project import AS_OF, MKDOCS, ROOT, Project, _time
from tests.test_accessibility import audit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OFFICE_PAGES = (
    *("", "content/", "liaison/enterprises/", "liaison/enterprises/qy-001/", "liaison/officers/gb-001/", "liaison/months/2026-10/"),
    *("liaison/overdue/", "liaison/scores/2026-10/", "liaison/reminders/", "liaison/records/"),
)
PAIRED = MKDOCS + "extra:\n  publisher:\n    liaison: {pairs: 1}\n"


@pytest.fixture
def office(tmp_path: Path) -> Project:
    """A project with the sound little set of records, one public and one internal entry."""
    project = Project(tmp_path / "project", PAIRED)
    for name, text in spoiled().items():
        project.write(name, text)
    project.news("a", 内部备注="待企业确认照片授权", 一审="{人: 审核甲, 时间: 2026-11-19}")
    project.news("b", 标题="包联名单调整", 可见范围="内部")
    return project.news("c", 标题="还没写完", 状态="草稿")


def build(project: Project, *words: str, as_of: str = AS_OF) -> int:
    return main(["build", "--internal", "--root", str(project.root), "--as-of", as_of, *words])


def read(project: Project, path: str) -> str:
    return (project.root / "var/internal" / path).read_text(encoding="utf-8")


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_an_internal_entry_and_internal_fields_are_shown_and_marked(office: Project) -> None:
    assert build(office) == 0
    page = read(office, "news/b/index.html")
    assert "【内部】包联名单调整" in page
    assert "可见范围是<strong>内部</strong>" in page
    assert "【内部】包联名单调整" in read(office, "news/index.html")
    assert "【内部】包联名单调整" in read(office, "content/index.html")
    page = read(office, "news/a/index.html")
    assert re.search(r"内部项，不公开.*内部备注</dt><dd>待企业确认照片授权.*</section>", page, re.DOTALL)
    assert "人：审核甲，时间：2026-11-19" in page
    assert not (office.root / "var/internal/news/c").exists()


def test_an_enterprise_is_shown_with_all_that_was_done(office: Project) -> None:
    assert build(office) == 0
    page = read(office, "liaison/enterprises/qy-001/index.html")
    for words in ("示例茶庄", "示例联系领导", "gb-001", "到店了解节后客流", "营收同比</span>持平", "用工人数</span>6"):
        assert words in page, words
    assert re.search(r"门前围挡影响客流.*办理中.*交通运输 wt-1.*还有7天.*2026-10-12.*交办", page, re.DOTALL)
    assert re.search(r"经营范围变更.*送审.*时限10个.*受理", page, re.DOTALL)
    assert re.search(r"税务信息确认.*办理完毕", page, re.DOTALL)
    assert "content/liaison/cases/qy-001.yml:2" in page


def test_an_officer_is_shown_with_what_is_owed_and_each_point(office: Project) -> None:
    assert build(office, as_of="2026-12-01") == 0
    page = read(office, "liaison/officers/gb-001/index.html")
    assert "的月报没有报" in page
    assert re.search(r"-4</td><td>每月服务不少于两次</td><td>qy-001 应有 2 次，实有 0 次</td><td><code>content/liaison/pairings/all.yml:2</code>", page)
    assert "已超期1天" in read(office, "liaison/reminders/index.html")
    assert "wt-1" in read(office, "liaison/overdue/index.html")


def test_the_months_the_scores_and_the_rest_have_their_pages(office: Project) -> None:
    assert build(office) == 0
    assert "结对 " in read(office, "liaison/months/2026-10/index.html")
    assert "每一分的出处" in read(office, "liaison/scores/2026-10/index.html")
    page = read(office, "liaison/records/index.html")
    for words in ("街区座谈会（示例）", "集中反映围挡", "核实围挡", "社会消费品零售额", "示例规则第三条"):
        assert words in page
    assert "3家以上企业" in read(office, "liaison/shared/index.html")


def test_a_project_without_records_has_an_internal_site_too(project: Project) -> None:
    project.news("a")
    assert build(project) == 0
    assert "没有企业" in read(project, "liaison/enterprises/index.html")
    assert "没有考核规则" in read(project, "liaison/scores/index.html")


# --- what every page is ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The internal site of the demo."""
    project = Project(tmp_path_factory.mktemp("office"), mkdocs=(ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    shutil.copytree(ROOT / "content", project.root / "content", dirs_exist_ok=True)
    out = project.root / "var" / "internal"
    assert build_internal(project.root, out, _time(AS_OF)).is_built
    return out


def test_two_processes_make_what_one_makes(demo_office: Path) -> None:
    root, alone = demo_office.parent.parent, demo_office.with_name("alone")
    reports = [build_internal(root, out, _time(AS_OF), processes=count) for out, count in ((demo_office, 2), (alone, 1))]
    assert reports[0] == reports[1]
    one, two = ({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()} for out in (demo_office, alone))
    assert one == two
    assert len(one) == reports[0].files + 1  # and the mark of the folder


def test_a_template_that_fails_in_another_process_is_told_and_the_old_site_stays(office: Project) -> None:
    templates, out = office.root / "templates", office.root / "var" / "internal"
    templates.unlink()
    shutil.copytree(ROOT / "templates", templates)
    assert build(office) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with (templates / "internal/pages/office/enterprise.html").open("a", encoding="utf-8") as template:
        template.write("{{ nothing_of_this_name }}")
    with pytest.raises(PublisherError, match=r"enterprise\.html"):
        build_internal(office.root, out, _time(AS_OF), processes=2)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert not [path for path in out.parent.iterdir() if path.name.endswith((".tmp", ".old"))]


def pages(out: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(out.rglob("*.html")):
        yield path.relative_to(out).as_posix(), path.read_text(encoding="utf-8")


def test_every_page_says_that_it_is_internal_and_asks_not_to_be_indexed(demo_office: Path) -> None:
    count = 0
    for name, text in pages(demo_office):
        count += 1
        assert text.count('<aside class="internal-banner" aria-label="密级">内部资料，不得外传</aside>') == 1, name
        assert text.count('<meta name="robots" content="noindex, nofollow, noarchive">') == 1, name
        for mark in ('property="og:', 'rel="canonical"', 'content="publisher">', "application/ld+json", 'rel="alternate"'):
            assert mark not in text, (name, mark)
    assert count > 250


def test_it_has_no_feed_no_calendar_no_mail_and_no_map(demo_office: Path) -> None:
    suffixes = {path.suffix for path in demo_office.rglob("*") if path.is_file()}
    assert suffixes.isdisjoint({".xml", ".ics", ".opml", ".eml", ".txt", ".gz", ".br", ".bin"})
    assert not (demo_office / "search").exists()
    assert {path.name for path in demo_office.rglob("*.json")} <= {"rules.json", "finder.json"}


def test_every_link_leads_to_a_file(demo_office: Path) -> None:
    known = {path.relative_to(demo_office).as_posix() for path in demo_office.rglob("*") if path.is_file()}
    for name, text in pages(demo_office):
        for written in re.findall(r'\b(?:href|src)="([^"#?]*)', text):
            if re.match(r"[a-z][a-z0-9+.-]*:", written) or not written:
                continue
            target = (Path("/") / Path(name).parent / unquote(written)).resolve().relative_to("/").as_posix()
            assert {target, f"{target}/index.html".removeprefix("./")} & known or target == ".", (name, written)


def test_it_is_readable_by_its_owner_alone(demo_office: Path) -> None:
    for path in (demo_office, *demo_office.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_pages_of_the_office(demo_office: Path, browser: Browser, width: int) -> None:
    script = checker("axe-core/axe.min.js").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    with served(demo_office) as url:
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light")
            for path in OFFICE_PAGES:
                page.goto(url + path)
                page.evaluate(script)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                if problems := audit(page):
                    found[f"{path} {scheme}"] = problems
            page.close()
    assert found == {}


# --- where it may not be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["site", "site/x", "site/a/../x", "var/preview", "content/internal", "templates/x", "link/x", "www", "www/x", "."])
def test_it_is_not_written_where_a_site_is(office: Project, capsys: pytest.CaptureFixture[str], place: str) -> None:
    office.build().build(out=office.root / "www")
    (office.root / "link").symlink_to(office.root / "site")
    before = sorted(path for path in office.root.rglob("*") if "ledger" not in path.name)
    assert build(office, "--out", str(office.root / place)) == 3
    assert capsys.readouterr().err
    assert sorted(path for path in office.root.rglob("*") if "ledger" not in path.name) == before


def test_it_is_not_written_where_a_public_site_has_been(office: Project) -> None:
    office.build(out=office.root / "www")
    shutil.rmtree(office.root / "www")
    assert build(office, "--out", str(office.root / "www")) == 3
    assert not (office.root / "www").exists()


def test_files_of_others_are_left_alone(office: Project) -> None:
    office.write("mine/letter.txt", "信")
    assert build(office, "--out", str(office.root / "mine")) == 3
    assert [path.name for path in (office.root / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("place", ["var/internal", "var/internal/liaison", "link"])
def test_a_public_site_is_not_written_into_an_internal_one(office: Project, place: str) -> None:
    assert build(office) == 0
    (office.root / "link").symlink_to(office.root / "var/internal")
    before = office.files(office.root / "var/internal")
    with pytest.raises(PublisherError, match="internal site"):
        office.build(out=office.root / place)
    assert office.files(office.root / "var/internal") == before


def test_a_public_build_loads_nothing_of_it(office: Project) -> None:
    """No part of the internal site and none of the records is even imported."""
    script = (
        "import sys; from publisher.cli import main; code = main(sys.argv[1:]);"
        "print([name for name in sys.modules if name.startswith(('publisher.internal', 'publisher.liaison'))]); sys.exit(code)"
    )
    words = ["build", "--root", str(office.root), "--as-of", AS_OF]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# --- after an edit, and when it fails --------------------------------------------------------------------------------


def test_a_second_build_shows_an_edit_and_nothing_of_what_is_gone(office: Project) -> None:
    assert build(office) == 0
    office.edit("content/liaison/issues/qy-001.yml", "门前围挡影响客流", "门前围挡挡住招牌")
    office.remove("content/news/b.md")
    assert build(office) == 0
    page = read(office, "liaison/enterprises/qy-001/index.html")
    assert "门前围挡挡住招牌" in page
    assert "门前围挡影响客流" not in page
    assert not (office.root / "var/internal/news/b").exists()
    once = office.files(office.root / "var/internal")
    assert build(office) == 0
    assert office.files(office.root / "var/internal") == once
    assert [path.name for path in (office.root / "var").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("path", "old", "new"), [("content/liaison/months/2026-10/qy-001.yml", "方式: 走访", "方式: 走方"), ("content/news/a.md", "标题:", "标题：")]
)
def test_an_error_leaves_the_last_internal_site(office: Project, capsys: pytest.CaptureFixture[str], path: str, old: str, new: str) -> None:
    assert build(office) == 0
    before = office.files(office.root / "var/internal")
    office.edit(path, old, new)
    assert build(office) == 1
    assert f"{path}:" in capsys.readouterr().out
    assert office.files(office.root / "var/internal") == before


def test_a_failure_half_way_leaves_the_last_internal_site_and_no_draft(office: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build(office) == 0
    before = office.files(office.root / "var/internal")

    def fail(_page: str, path: str, _known: object) -> str:
        if path == "liaison/enterprises/qy-001/index.html":
            raise PublisherError("坏了", "it broke")
        return "x"

    monkeypatch.setattr(internal_build, "unlink", fail)
    assert build(office) == 3
    assert office.files(office.root / "var/internal") == before
    assert [path.name for path in (office.root / "var").iterdir() if path.name.startswith(".internal")] == []


def test_what_a_killed_build_left_is_cleared_and_a_site_put_aside_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "internal"
    with Draft(out) as draft:
        draft.put("index.html", b"first")
        draft.take_place()
    out.rename(tmp_path / ".internal.7.old")
    (tmp_path / ".internal.7.tmp").mkdir()
    with Draft(out):
        assert (out / "index.html").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["internal"]


def test_it_makes_no_compressed_files(office: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(office, "--compress") == 2
    assert "压缩" in capsys.readouterr().err
