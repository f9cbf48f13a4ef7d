"""Official texts that change: fingerprints that pass over what stands around a text, 待复核 as warning, banner and command, and what falls due when."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from publisher import linkcheck
from publisher.cli import main
from publisher.maintext import fingerprint, main_text
from publisher.sources import read_sources
from tests.project import Project
from tests.test_build import POLICY_TAIL, pages

BODY = (
    "<p>第一条　小规模纳税人发生应税交易，销售额未达到起征点的，免征增值税；达到起征点的，全额计算缴纳。</p>"
    "<p>第二条　起征点为季销售额30万元，自2026年1月1日起施行，至2027年12月31日止。</p>"
)
PAGE = """<!DOCTYPE html><html><head><title>公告</title><script>var now={hits}</script></head><body>
<div class="top-banner"><p>{banner}</p></div><ul class="nav"><li>首页</li><li>政策</li></ul>
<div id="wrap"><div class="article_tools"><span>浏览次数：{hits}</span></div>
<div class="TRS_Editor" id="zoom"><h1>公告</h1>{body}<p>浏览次数：{hits}　打印本页</p></div></div>
<div class="related"><p>相关新闻：{banner}</p></div><footer><p>版权所有，网站标识码{hits}，技术支持单位很长很长的一句话。</p></footer></body></html>"""


def page(body: str = BODY, banner: str = "热烈庆祝某某活动圆满召开，请大家踊跃参加本次主题宣传月的各项活动。", hits: int = 1) -> bytes:
    return PAGE.format(body=body, banner=banner, hits=hits).encode()


# The fingerprint


def test_what_stands_around_the_text_does_not_count() -> None:
    assert fingerprint(page(), "text/html") == fingerprint(page(banner="换了一条完全不同的横幅，长得很，比正文还要长，" * 8, hits=99), "text/html")
    assert fingerprint(page(BODY.replace("　", "  \n ").replace("3", "３")), "text/html") == fingerprint(page(), "text/html"), "spaces and width do not count"


@pytest.mark.parametrize(
    ("old", "new"), [("30万元", "20万元"), ("2027年", "2028年"), ("第二条", "第三条"), ("</p><p>第二条", "</p><p>又一条新的规定，写在中间。</p><p>第二条")]
)
def test_a_changed_word_counts(old: str, new: str) -> None:
    assert fingerprint(page(BODY.replace(old, new)), "text/html") != fingerprint(page(), "text/html")


def test_the_main_text_is_the_text() -> None:
    text = main_text(page().decode())
    assert text.splitlines()[0] == "公告"
    assert "起征点为季销售额30万元" in text
    for words in ("热烈庆祝", "浏览次数", "首页", "版权所有"):
        assert words not in text


def test_a_page_without_a_text_of_its_own_has_no_fingerprint() -> None:
    assert fingerprint(b"<html><body><div id=app></div><script>render('" + b"x" * 500 + b"')</script></body></html>", "text/html") == ""
    assert fingerprint(b"", "application/pdf") == ""
    assert fingerprint(b"%PDF-1.7 a", "application/pdf") != fingerprint(b"%PDF-1.7 b", "application/pdf")


def test_old_sites_write_gb_18030() -> None:
    assert fingerprint(page().decode().encode("gb18030"), "text/html") == fingerprint(page(), "text/html")
    assert fingerprint(page().decode().encode("gb18030"), "text/html; charset=gb2312", "gb2312") == fingerprint(page(), "text/html")


@pytest.mark.parametrize("html", ["<p>" * 5000 + "字" * 100, "</div></p></nope>" + "字" * 100, "<div class=nav>" + "字" * 200, "\x00<", "<!-- " + "字" * 99])
def test_broken_pages_are_no_crash(html: str) -> None:
    assert isinstance(main_text(html), str)


# Against a real server


class _Site(BaseHTTPRequestHandler):
    """Official pages by path; what a path answers may be changed while it runs."""

    pages: dict[str, bytes | int]
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(f"{self.command} {self.path}")
        answer = self.pages.get(self.path, 404)
        self.send_response(answer if isinstance(answer, int) else 200)
        data = answer if isinstance(answer, bytes) else b""
        self.send_header("Content-Type", "application/pdf" if self.path.endswith(".pdf") else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, bytes | int]]]:
    """The address of an official site on this machine, and its pages."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(linkcheck, "_PACE", 0.0)
    site: dict[str, bytes | int] = {"/a.html": page(), "/b.pdf": b"%PDF-1.7 one", "/": page("<p>" + "首页新闻每天都换。" * 20 + "</p>")}
    handler = type("Handler", (_Site,), {"pages": site, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", site
        http.shutdown()
        thread.join()


def policy(project: Project, name: str, original: str, verified: str = "2026-11-20") -> Project:
    tail = POLICY_TAIL.replace("https://www.gov.cn/", original).replace("核验日期: 2026-11-20", f"核验日期: {verified}")
    return project.write(f"content/policies/{name}.md", f"---\n标题: 政策{name}\n摘要: 要。\n发布时间: 2026-11-01 09:00\n{tail}---\n\n正文。\n")


def links(project: Project, day: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """``publisher check --links`` on a day: the places and codes of what it says, but for hosts that are not official."""
    assert main(["check", "--links", "--root", str(project.root), "--as-of", day, "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    return [f"{row['path']}:{row['line']} {row['code']}" for row in result["problems"] if row["code"] != "unofficial-source"]


def test_a_changed_source_is_noticed_kept_shown_and_settled(project: Project, official: tuple[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    base, site = official
    for name, path in (("a", "/a.html"), ("b", "/b.pdf"), ("front", "/")):
        policy(project, name, base + path)
    assert links(project, "2026-11-21", capsys) == [], "seen for the first time"
    first = (project.root / "sources.json").read_text(encoding="utf-8")
    assert set(json.loads(first)) == {f"{base}/a.html", f"{base}/b.pdf"}, "the front page of a site is no document"

    site["/a.html"] = page(banner="新的横幅，" * 30, hits=12345)
    assert links(project, "2026-11-22", capsys) == []
    assert (project.root / "sources.json").read_text(encoding="utf-8") == first, "nothing changed, so nothing to commit"
    project.build("2026-11-22")
    assert "待复核" not in project.read("policies/a/index.html")

    site["/a.html"] = page(BODY.replace("30万元", "20万元"))
    assert links(project, "2026-11-22", capsys) == ["content/policies/a.md:16 source-changed"]
    assert links(project, "2026-11-23", capsys) == ["content/policies/a.md:16 source-changed"], "told again until somebody has verified it"
    project.build("2026-11-23")
    assert "policies/a/index.html" in pages(project)
    assert "policies/b/index.html" not in pages(project)
    shown = project.read("policies/a/index.html")
    assert "待复核" in shown
    assert '官方原文在<time datetime="2026-11-22">2026-11-22</time>有改动' in shown
    assert main(["review", "--root", str(project.root), "--as-of", "2026-11-23"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("待复核 1 篇\n- 政策a（content/policies/a.md）\n    官方原文在 2026-11-22 变了")
    assert "另有 1 篇的原文链接只到网站首页" in told

    project.edit("content/policies/a.md", "核验日期: 2026-11-20", "核验日期: 2026-11-23").build("2026-11-24")
    assert "待复核" not in project.read("policies/a/index.html")
    assert links(project, "2026-11-24", capsys) == []
    assert main(["review", "--root", str(project.root), "--as-of", "2026-11-24", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["policies"] == []


@pytest.mark.parametrize("answer", [404, 500, b"<html><body><div id=app></div></body></html>"])
def test_what_cannot_be_read_now_stays_as_it_was_known(
    project: Project, official: tuple[str, dict[str, Any]], answer: bytes | int, capsys: pytest.CaptureFixture[str]
) -> None:
    base, site = official
    policy(project, "a", f"{base}/a.html")
    links(project, "2026-11-21", capsys)
    before, _ = read_sources(project.root)
    site["/a.html"] = answer
    main(["check", "--links", "--root", str(project.root), "--as-of", "2026-11-22"])
    assert read_sources(project.root)[0] == before


def test_a_text_that_nobody_explains_any_more_is_forgotten(project: Project, official: tuple[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    base, _ = official
    policy(project, "a", f"{base}/a.html")
    policy(project, "b", f"{base}/b.pdf")
    links(project, "2026-11-21", capsys)
    project.remove("content/policies/b.md")
    links(project, "2026-11-22", capsys)
    assert set(read_sources(project.root)[0]) == {f"{base}/a.html"}


# Time, and what is superseded


def test_ninety_days_without_verification_put_a_banner_on_the_page(project: Project) -> None:
    policy(project, "a", "https://www.gov.cn/a.html").build("2027-01-01").build("2026-11-21")
    assert "待复核" not in project.read("policies/a/index.html")
    tail = "政策有效期至: 2026-12-31"
    project.edit("content/policies/a.md", tail, "政策有效期至: 长期").build("2027-02-18 23:59")
    assert "待复核" not in project.read("policies/a/index.html")
    assert project.report.facts["next_change"][0] == pytest.approx(1802966400.0), "midnight of 2027-02-19 in Shanghai"
    project.build("2027-02-19")
    assert '最近一次核验是<time datetime="2026-11-20">2026-11-20</time>' in project.read("policies/a/index.html")
    assert [row.rpartition(" ")[2] for row in project.check("2027-02-19")] == ["[verification-due]"]


def test_what_is_superseded_waits_for_review_until_it_is_verified(project: Project) -> None:
    policy(project, "old", "https://www.gov.cn/a.html").edit("content/policies/old.md", "一句话:", "被替代: [new]\n一句话:")
    policy(project, "new", "https://www.gov.cn/b.html").edit("content/policies/new.md", "一句话:", "替代: [old]\n一句话:")
    policy(project, "based", "https://www.gov.cn/c.html").edit("content/policies/based.md", "一句话:", "依据: [old]\n一句话:").build("2026-11-24")
    assert "待复核" not in project.read("policies/old/index.html"), "its successor was known when it was verified"
    project.edit("content/policies/new.md", "2026-11-01 09:00", "2026-11-22 09:00").build("2026-11-24")
    assert "被替代以后，本解读还没有复核" in project.read("policies/old/index.html")
    assert "它所依据的文件已由“政策new”替代" in project.read("policies/based/index.html")
    codes = {row.partition(":")[0]: row.rpartition(" ")[2] for row in project.check("2026-11-24")}
    assert codes == {"content/policies/old.md": "[superseded-unreviewed]", "content/policies/based.md": "[basis-superseded]"}
    project.edit("content/policies/based.md", "核验日期: 2026-11-20", "核验日期: 2026-11-23").build("2026-11-24")
    assert "待复核" not in project.read("policies/based/index.html")


def test_a_list_of_changes_that_arrives_by_git_counts(project: Project) -> None:
    policy(project, "a", "https://www.gov.cn/a.html").build()
    project.write("sources.json", '{"https://www.gov.cn/a.html": {"fingerprint": "00", "changed": "2026-11-22"}}').build()
    assert pages(project) == {"policies/a/index.html"}
    assert "待复核" in project.read("policies/a/index.html")
