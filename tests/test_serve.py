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
from urllib.parse import urlsplit

import pytest
from PIL import Image

from publisher.clock import read_as_of
from publisher.engine.build import Order
from publisher.preview.server import PreviewServer
from publisher.preview.session import Session
from tests.project import AS_OF, ROOT, Project, load_theme_of

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

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        """Ask for a path exactly as written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, {name.lower(): value for name, value in answer.getheaders()}

    def save(self, *paths: str) -> Preview:
        """What the watcher tells after a save."""
        self.session.save({self.project.root.resolve() / path for path in paths})
        return self

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
    "path", ["/../mkdocs.yml", "/%2e%2e/%2e%2e/mkdocs.yml", "/news/..%2f..%2f..%2fmkdocs.yml", "/__publisher/../server.py", "//etc/passwd"]
)
def test_no_address_leads_out_of_the_site(project: Project, path: str) -> None:
    project.news("a")
    with previewed(project) as preview:
        status, text, _ = preview.get(path)
        assert status == 404
        assert "site_name" not in text
        assert "没有找到这个页面" in text


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
    with previewed(project) as preview:
        assert [preview.get(f"/news/{name}/")[0] for name in "abcd"] == [404, 404, 404, 200]
    with previewed(project, shows_drafts=True) as preview:
        assert [preview.get(f"/news/{name}/")[0] for name in "abcd"] == [200, 200, 404, 200]
        assert "草稿" in preview.get("/news/a/")[1]
        assert "待发布" in preview.get("/news/b/")[1]
        listed = preview.get("/news/")[1]
        assert "消息a" in listed
        assert "消息c" not in listed
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
            until(r"写了 \d+ 个文件，删除 0 个，\d+ 毫秒\n(?s:.)*写了 7 个文件")
            project.edit("content/news/a.md", "标题: ", "标题：")
            until(r"content/news/a\.md:2:3: 错误 \[full-width-colon\]")
            until("有错误，网页还是上一次的样子")


def test_a_folder_without_content_is_the_worlds_failure(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_url: https://x.example/\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "publisher", "serve", "--root", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "找不到内容文件夹" in done.stderr


def test_in_a_browser_the_page_follows_each_save_where_the_reader_was(project: Project) -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    project.news("a", body=f"旧的正文\n\n{LONG}")
    with serving(project.root, "--port", "0") as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 700})
        page.goto(f"{url}news/a/")
        page.evaluate("scrollTo(0, 900)")
        project.edit("content/news/a.md", "旧的正文", "新的正文")
        page.wait_for_function("document.body.innerText.includes('新的正文')")
        page.wait_for_function("Math.abs(scrollY - 900) < 5")
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
        browser.close()


def test_events_are_json_a_browser_can_read(project: Project) -> None:
    project.news("a")
    with previewed(project) as preview:
        connection = http.client.HTTPConnection("127.0.0.1", preview.server.server_address[1], timeout=10)
        connection.request("GET", "/__publisher/events?page=%2Fnews%2Fa%2F&stamp=0")
        line = connection.getresponse().readline().decode()
        state = json.loads(line.removeprefix("data: "))
        assert (state["reload"], state["built"], state["problems"]) == (True, True, [])
        connection.close()
