"""``publisher serve``: a save is on the page at once, a mistake is told in the page, and nothing of the preview gets onto disk."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from PIL import Image

from publisher.clock import read_as_of
from publisher.engine.build import Order
from publisher.preview.server import PreviewServer
from publisher.preview.session import Session
from tests.project import AS_OF, ROOT, Project, load_theme_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

POLICY = """\
---
标题: 税收办法
发布时间: 2026-01-01
摘要: 摘要
政策名称: 办法
发文机关: [某机关]
层级: 国家
文种: 公告
适用对象: {主体类型: [企业]}
支持方式: [其他]
申报方式: [自行申报享受]
受理部门: 某机关
原文链接: https://www.gov.cn/
一句话: 一句话。
核验日期: 2026-11-20
核验人: 编辑
核验方式: 对照
施行日期: 2026-01-01
政策有效期至: 长期
状态: 草稿
---

正文。
"""
LONG = "\n\n".join(f"第{number}段，写得长一些，好让网页可以滚动。" for number in range(80))


class Preview:
    """A session with its server, in this process."""

    def __init__(self, project: Project, *, shows_drafts: bool = False) -> None:
        self.project = project
        out = project.root / "var" / "preview"
        order = Order(project.root, out, read_as_of(AS_OF), load_theme_of, processes=1, shows_drafts=shows_drafts)
        self.session = Session(order, lambda: read_as_of(AS_OF))
        self.session.build()
        self.server = PreviewServer(("127.0.0.1", 0), self.session, "/street/", "zh")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
        """Ask for a path exactly as written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}

    def save(self, *paths: str) -> Preview:
        """What the watcher tells after a save."""
        self.session.save({self.project.root.resolve() / path for path in paths})
        return self

    def is_stale(self, path: str) -> bool:
        """Whether a page that has just been served would be told to load itself again."""
        stamp = re.search(r'data-stamp="(\d*)"', self.get(path)[1])
        assert stamp
        return bool(self.server.state(path, stamp[1])["reload"])

    @property
    def codes(self) -> list[str]:
        return [problem["code"] for problem in self.server.state("/", "")["problems"]]


@contextmanager
def previewed(project: Project, *, shows_drafts: bool = False) -> Iterator[Preview]:
    preview = Preview(project, shows_drafts=shows_drafts)
    try:
        yield preview
    finally:
        preview.server.is_closing.set()
        preview.server.shutdown()
        preview.server.server_close()


def test_a_save_is_on_the_page_and_nothing_else_is_touched(project: Project) -> None:
    project.news("a", body="旧的正文").news("b")
    with previewed(project) as preview:
        assert "旧的正文" in preview.get("/news/a/")[1]
        project.edit("content/news/a.md", "旧的正文", "新的正文")
        preview.save("content/news/a.md")
        assert "新的正文" in preview.get("/news/a/")[1]
        assert [path for path in preview.session.report.written if path.endswith(".html")] == ["news/a/index.html"]
    assert not project.out.exists()


def test_each_sort_of_save_gives_what_a_clean_build_gives(project: Project) -> None:
    """New files, removed ones, moved folders, settings: the session knows only the paths it was told."""
    project.news("a").news("b", body="见[甲](a.md)。")
    with previewed(project) as preview:
        (project.root / "content/news/images").mkdir()
        Image.new("RGB", (12, 8), "red").save(project.root / "content/news/images/a.png")
        project.news("c", body="正文。\n\n![红](images/a.png)")
        preview.save("content/news/c.md", "content/news/images")
        project.remove("content/news/b.md")
        preview.save("content/news/b.md")
        (project.root / "content/events").mkdir()
        preview.save("content/events")
        project.edit("mkdocs.yml", "测试街区", "另一条街")
        preview.save("mkdocs.yml")
        project.edit("content/news/c.md", "正文。", "改过的正文。")
        preview.save("content/news/c.md", "content/news/.c.md.swp", "content/news/c.md~")
        assert preview.session.report.is_built, preview.codes
        project.build(out=project.root / "clean")
        assert project.files(preview.session.out) == project.files(project.root / "clean")


def test_what_the_session_was_not_told_is_found_when_it_looks_at_everything(project: Project) -> None:
    """Saves outside of the folder (a linked one), more files than it asks for one by one, a folder that goes."""
    project.news("a").news("b")
    with previewed(project) as preview:
        project.news("c")
        preview.session.save({Path("/elsewhere/templates/site/main.html")})
        assert preview.get("/news/c/")[0] == 200
        for number in range(60):
            project.news(f"n{number}")
        preview.save(*(f"content/news/n{number}.md" for number in range(60)))
        assert preview.get("/news/n59/")[0] == 200
        (project.root / "content/news").rename(project.root / "news")
        preview.save("content/news")
        assert preview.get("/news/a/")[0] == 404


def test_what_is_nobodys_to_read_is_passed_over(project: Project) -> None:
    project.news("a")
    with previewed(project) as preview:
        version = preview.session.version
        project.write("content/liaison/x.md", "不公开").write("content/news/.a.md.swp", "").write("content/news/a.md~", "")
        preview.save("content/liaison", "content/liaison/x.md", "content/news/.a.md.swp", "content/news/a.md~")
        assert preview.session.version == version


@pytest.mark.parametrize("saved", ["mkdocs.yml", "templates/site/pages/home.html"])
def test_after_other_settings_or_templates_a_save_is_small_again(project: Project, monkeypatch: pytest.MonkeyPatch, saved: str) -> None:
    project.news("a", body="旧的正文")
    (project.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", project.root / "templates")
    with previewed(project) as preview:
        project.write(saved, (project.root / saved).read_bytes() + b"\n")
        preview.save(saved)
        monkeypatch.setattr("publisher.preview.session.build", lambda _order: pytest.fail("a save of one text looked at everything"))
        project.edit("content/news/a.md", "旧的正文", "新的正文")
        preview.save("content/news/a.md")
        assert "新的正文" in preview.get("/news/a/")[1]


def test_a_damaged_ledger_costs_time_not_the_preview(project: Project) -> None:
    project.news("a", body="旧的正文")
    with previewed(project) as preview:
        for ledger in (project.root / "var").glob("*.sqlite"):
            ledger.write_bytes(b"nonsense")
        project.edit("content/news/a.md", "旧的正文", "新的正文")
        preview.save("content/news/a.md")
        assert preview.session.failure is None
        assert "新的正文" in preview.get("/news/a/")[1]


def test_the_script_is_in_what_is_served_and_never_on_disk(project: Project) -> None:
    project.news("a")
    with previewed(project) as preview:
        status, page, headers = preview.get("/news/a/")
        assert (status, headers["content-type"], headers["cache-control"]) == (200, "text/html; charset=utf-8", "no-store")
        assert page.count("/__publisher/preview.js") == 1
        assert page.rstrip().endswith("</script></body>\n</html>")
        assert "EventSource" in preview.get("/__publisher/preview.js")[1]
        assert not [path for path, data in project.files(preview.session.out).items() if b"__publisher" in data]
        assert preview.get("/rss.xml")[2]["content-type"] == "application/xml; charset=utf-8"
        assert preview.get("/calendar/events.ics")[2]["content-type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/../mkdocs.yml",
        "/%2e%2e/%2e%2e/mkdocs.yml",
        "/news/..%2f..%2f..%2fmkdocs.yml",
        "/__publisher/../server.py",
        "/__publisher/",
        "//etc/passwd",
        "/%00",
        f"/{'x' * 300}/",
    ],
)
def test_no_address_leads_out_of_the_site(project: Project, path: str) -> None:
    project.news("a")
    with previewed(project) as preview:
        status, text, _ = preview.get(path)
        assert status == 404
        assert "docs_dir" not in text
        assert "没有找到这个页面" in text


def test_an_unknown_address_waits_quietly_and_gives_way_to_a_page(project: Project) -> None:
    project.news("a").news("b")
    with previewed(project) as preview:
        assert not preview.is_stale("/news/c/")
        assert not preview.is_stale("/news/a/")
        project.news("c")
        preview.save("content/news/c.md")
        assert preview.server.state("/news/c/", "")["reload"]
        project.remove("content/news/a.md")
        preview.save("content/news/a.md")
        assert not preview.is_stale("/news/a/")


def test_only_names_of_this_machine_are_answered(project: Project) -> None:
    """A website that gives its own name our address must not read drafts."""
    project.news("a")
    with previewed(project) as preview:
        found = {host: preview.get("/news/a/", Host=host)[0] for host in ("localhost:8000", "127.0.0.1", "[::1]:8000", "evil.example", "10.0.0.1", "[")}
        assert found == {"localhost:8000": 200, "127.0.0.1": 200, "[::1]:8000": 200, "evil.example": 403, "10.0.0.1": 403, "[": 403}
        assert preview.get("/news/a/", "HEAD")[:2] == (200, "")
        assert preview.get("/__publisher/events?page=//[", "HEAD")[0] == 200


def test_addresses_below_the_path_of_the_site_and_folders_without_a_slash(project: Project) -> None:
    project.news("a")
    with previewed(project) as preview:
        assert "消息a" in preview.get("/street/news/a/")[1]
        status, _, headers = preview.get("/news/a")
        assert (status, headers["location"]) == (301, "/news/a/")


def test_a_mistake_is_told_the_last_good_page_stays_and_mending_clears_it(project: Project) -> None:
    project.news("a", body="好的正文")
    with previewed(project) as preview:
        project.edit("content/news/a.md", "标题: ", "标题：")
        preview.save("content/news/a.md")
        state = preview.server.state("/news/a/", "")
        assert (state["built"], preview.codes) == (False, ["full-width-colon"])
        assert state["problems"][0]["place"] == "content/news/a.md:2:3"
        assert state["problems"][0]["mend"].startswith("改成半角")
        assert "好的正文" in preview.get("/news/a/")[1]
        project.edit("content/news/a.md", "标题：", "标题: ")
        preview.save("content/news/a.md")
        assert (preview.server.state("/", "")["built"], preview.codes) == (True, [])


def test_a_faulty_template_is_told_with_its_line_and_mended(project: Project) -> None:
    project.news("a", body="好的正文")
    (project.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", project.root / "templates")
    with previewed(project) as preview:
        name = "templates/site/pages/parts/entry_foot.html"
        good = (project.root / name).read_text(encoding="utf-8")
        project.write(name, good + "\n{{ nothing.here }}\n")
        preview.save(name)
        assert re.search(r"entry_foot\.html 第\d+行出错", preview.server.state("/", "")["failure"])
        assert "好的正文" in preview.get("/news/a/")[1]
        project.write(name, good)
        preview.save(name)
        assert preview.server.state("/", "")["failure"] == ""


def test_drafts_are_shown_marked_when_asked_for_and_what_is_internal_never(project: Project) -> None:
    project.news("a", 状态="草稿").news("b", 发布时间="2026-12-24 09:00").news("c", 可见范围="内部").news("d")
    project.write("content/policies/p.md", POLICY)
    with previewed(project) as preview:
        assert [preview.get(f"/news/{name}/")[0] for name in "abcd"] == [404, 404, 404, 200]
    with previewed(project, shows_drafts=True) as preview:
        assert [preview.get(f"/news/{name}/")[0] for name in "abcd"] == [200, 200, 404, 200]
        for page in ("/news/a/", "/news/", "/"):
            assert "【草稿】消息a" in preview.get(page)[1]
            assert "【待发布】消息b" in preview.get(page)[1]
            assert "消息c" not in preview.get(page)[1]
        assert "【草稿】税收办法" in preview.get("/policies/p/")[1]
    with previewed(project) as preview:
        assert preview.get("/news/a/")[0] == 404


def test_a_moment_that_comes_is_due(project: Project) -> None:
    project.news("a", 发布时间="2026-11-24 09:00").news("b")
    now = [read_as_of(AS_OF)]
    session = Session(Order(project.root, project.root / "var/preview", now[0], load_theme_of, processes=1), lambda: now[0])
    session.build()
    assert not session.is_due()
    now[0] = read_as_of("2026-11-24 09:00")
    assert session.is_due()
    session.build()
    assert not session.is_due()
    assert (session.out / "news/a/index.html").exists()


def test_what_failed_when_it_was_due_is_not_tried_again_and_again(project: Project) -> None:
    project.news("a", 发布时间="2026-11-24 09:00")
    now = [read_as_of(AS_OF)]
    session = Session(Order(project.root, project.root / "var/preview", now[0], load_theme_of, processes=1), lambda: now[0])
    session.build()
    now[0] = read_as_of("2026-11-24 09:00")
    (project.root / "content").rename(project.root / "away")
    session.build()
    assert session.failure is not None
    assert not session.is_due()
    (project.root / "away").rename(project.root / "content")
    session.build()
    assert session.failure is None


@contextmanager
def serving(root: Path, *options: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The command in a process of its own: its address, and what waits until it has printed some words."""
    command = [sys.executable, "-u", "-m", "publisher", "serve", "--root", str(root), "--as-of", AS_OF, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
    said: list[str] = []
    assert process.stdout is not None
    reader = threading.Thread(target=lambda: said.extend(iter(process.stdout.readline, "")), daemon=True)  # type: ignore[union-attr]
    reader.start()

    def until(words: str) -> str:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if found := re.search(words, "".join(said)):
                return found[0]
            threading.Event().wait(0.02)
        raise AssertionError(f"{words!r} was not said in {''.join(said)!r}")

    try:
        yield until(r"http://\S+"), until
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        reader.join(5)
        process.stdout.close()


def test_the_command_takes_the_next_port_watches_and_ends_at_an_interrupt(project: Project) -> None:
    project.news("a", body="旧的正文")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(project.root, "--port", str(port)) as (url, until):
            assert until(rf"端口 {port} 被占用，换 {port + 1}")
            assert int(urlsplit(url).port or 0) > port
            project.edit("content/news/a.md", "旧的正文", "新的正文")
            until(r"写了 9 个文件（news/a/index\.html 等），删除 0 个，\d+ 毫秒")
            project.edit("content/news/a.md", "标题: ", "标题：")
            until(r"content/news/a\.md:2:3: 错误 \[full-width-colon\]")
            until("有错误，网页还是上一次的样子")
            project.write("content/news/b.md", "---\n标题：也错\n---\n")
            until(r"content/news/b\.md:2:3: 错误(?s:.)*共 2 处错误")
            project.remove("content/news/b.md").edit("content/news/a.md", "标题：", "标题: ")
            said = until("(?s:.)*没有发现问题")
            assert said.count("a.md:2:3") == 1, "each problem is told once"
            (project.root / "content").rename(project.root / "away")
            until("找不到内容文件夹")
            (project.root / "away").rename(project.root / "content")
            project.edit("content/news/a.md", "新的正文", "第三份正文")
            wait_for_page(f"{url}news/a/", "第三份正文")


def wait_for_page(url: str, words: str) -> None:
    """Ask for a page until it says something."""
    end = time.monotonic() + 30
    while words not in (page := urlopen(url, timeout=10).read().decode()):
        assert time.monotonic() < end, page
        threading.Event().wait(0.02)


def test_what_cannot_be_listened_to_is_told_at_once(project: Project) -> None:
    project.news("a")
    for options, code, words in ((("--host", "nowhere.invalid"), 3, "打不开 nowhere.invalid:8000"), (("--port", "70000"), 2, "端口要写 0 到 65535")):
        command = [sys.executable, "-m", "publisher", "serve", "--root", str(project.root), *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
        assert (done.returncode, words in done.stderr, "被占用" in done.stderr) == (code, True, False)


def test_a_folder_without_content_is_the_worlds_failure(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_url: https://x.example/\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "publisher", "serve", "--root", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "找不到内容文件夹" in done.stderr


def test_in_a_browser_the_page_follows_each_save_where_the_reader_was(project: Project, browser: Browser) -> None:
    project.news("a", body=f"旧的正文\n\n{LONG}")
    with serving(project.root, "--port", "0") as (url, _):
        page = browser.new_page(viewport={"width": 390, "height": 700})
        page.goto(f"{url}news/a/")
        page.evaluate("scrollTo(0, 900)")
        project.edit("content/news/a.md", "旧的正文", "新的正文")
        page.get_by_text("新的正文").first.wait_for()
        end = time.monotonic() + 10
        while abs(page.evaluate("scrollY") - 900) >= 5:  # the site's policy on scripts does not let wait_for_function evaluate words
            assert time.monotonic() < end
            page.wait_for_timeout(20)
        project.edit("content/news/a.md", "标题: ", "标题：")
        panel = page.locator("#publisher-preview section[role=alert]")
        panel.wait_for()
        assert "content/news/a.md:2:3 [full-width-colon]" in panel.inner_text()
        page.keyboard.press("Tab")
        panel.get_by_role("button", name="收起").press("Escape")
        page.locator("#publisher-preview button.fold").wait_for()
        project.edit("content/news/a.md", "标题：", "标题: ")
        page.locator("#publisher-preview").wait_for(state="detached")
        assert "新的正文" in page.inner_text("body")
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        project.remove("content/news/a.md")
        page.get_by_role("heading", name="没有找到这个页面").wait_for()
        project.news("a", body="又有了")
        page.get_by_text("又有了").wait_for()
        assert len(loads) == 2, "one for the page that went, one for the page that came"


def test_in_a_browser_a_closed_panel_stays_closed_until_the_problems_change(project: Project, browser: Browser) -> None:
    with serving(project.news("a").news("b", body="<b>x</b>", 行业="不是行业").root, "--port", "0") as (url, _):
        page = browser.new_page(viewport={"width": 390, "height": 700}, color_scheme="dark")
        page.goto(url)
        panel = page.locator("#publisher-preview section")
        panel.get_by_role("button", name="收起").click()
        page.goto(f"{url}news/")
        page.get_by_role("button", name=re.compile("看问题")).wait_for()
        assert panel.count() == 0
        project.edit("content/news/a.md", "标题: ", "标题：")
        panel.wait_for()
        assert panel.inner_text().count("错误") >= 2
        assert panel.locator("b b").count() == 0, "what editors write is text"


def test_events_are_json_a_browser_can_read(project: Project) -> None:
    project.news("a")
    with previewed(project) as preview:
        connection = http.client.HTTPConnection("127.0.0.1", preview.server.server_address[1], timeout=10)
        connection.request("GET", "/__publisher/events?page=%2Fnews%2Fa%2F&stamp=0")
        line = connection.getresponse().readline().decode()
        state = json.loads(line.removeprefix("data: "))
        assert (state["reload"], state["built"], state["problems"]) == (True, True, [])
        connection.close()
