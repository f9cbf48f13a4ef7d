"""The demo site as readers and machines meet it: headings, the frame, the sitemap, and a real browser."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import html5lib
import pytest

from publisher.markup import render
from publisher.material.shell import load_shell
from publisher.site.artifacts import Frame
from publisher.site.frames import Frames, frame_toc
from publisher.site.meta import Site, frame_head
from tests.host import served
from tests.layouts import LAYOUTS
from tests.project import ROOT, Project

SITE = "https://example.com/"


@cache
def parse(data: bytes) -> Any:
    return html5lib.parse(data, namespaceHTMLElements=False)


def pages(demo: Project) -> dict[str, Any]:
    return {name: parse(data) for name, data in demo.files().items() if name.endswith(".html") and not name.endswith("digest.html")}


def test_every_page_has_one_title_one_main_heading_and_no_double_ids(demo: Project) -> None:
    for name, tree in pages(demo).items():
        assert len(list(tree.iter("h1"))) == 1, name
        title = tree.findtext("head/title")
        assert title, name
        assert "西一路智慧街区" in title
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), (name, [i for i in ids if ids.count(i) > 1])
        assert tree.get("lang") == "zh-Hans-CN"
        assert all(image.get("alt") is not None and image.get("width") for image in tree.iter("img") if "logo" not in image.get("src", "")), name
        assert not [element for element in tree.iter() if element.get("style") or any(a.startswith("on") for a in element.attrib)], name


def test_headings_never_skip_a_level(demo: Project) -> None:
    for name, tree in pages(demo).items():
        article = next(element for element in tree.iter("article"))
        levels = [int(element.tag[1]) for element in article.iter() if re.fullmatch("h[1-6]", str(element.tag))]
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)


def test_the_sitemap_names_every_page_with_its_last_change(demo: Project) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ElementTree.fromstring(demo.read("sitemap.xml").encode())
    found = {row.findtext(f"{space}loc"): row.findtext(f"{space}lastmod") for row in root}
    for name in pages(demo):
        if name == "404.html" or ("已撤回" in demo.read(name) and 'class="status status--withdrawn"' in demo.read(name)):
            continue
        assert SITE + name.removesuffix("index.html") in {unquote(loc or "") for loc in found}, name
    assert found[f"{SITE}policies/zc-2026-10/"]
    assert "Sitemap: https://example.com/sitemap.xml" in demo.read("robots.txt")


def test_every_kind_is_laid_out_for_what_it_is(demo: Project) -> None:
    policy = demo.read("policies/zc-wengang-2026/index.html")
    for words in ("谁能享受", "怎么办", "适用对象", "原文与出处", "最近核验", "2026-12-31", "以官方原文和主管部门答复为准", "即将截止"):
        assert words in policy, words
    listing = demo.read("matchmaking/gx-2026-001-zhuanwang/index.html")
    for words in ("预算", "合作方式", "有效期至", "怎样联系", "由平台转达"):
        assert words in listing, words
    guide = demo.read("guides/bs-getihu-sheli/index.html")
    for words in ("材料清单", "办理流程", "不收费", 'type="checkbox"', "设定依据"):
        assert words in guide, words
    enterprise = demo.read("enterprises/qy-ruyi-shiji/index.html")
    for words in ("统一社会信用代码", "供需对接", "营业时间"):
        assert words in enterprise, words
    assert "公开电话" not in demo.read("news/index.html")
    assert "已被" in demo.read("policies/zc-2023-19/index.html")


def test_the_home_page_reads_as_a_front_page(demo: Project) -> None:
    home = demo.read("index.html")
    for words in ("即将截止", "供需对接", "需求", "供给", "接下来的活动", "商业资讯", "政策解读", "代办服务", "最新一期简报", "订阅"):
        assert words in home, words


def test_the_site_works_from_any_sub_path(demo: Project) -> None:
    for name, tree in pages(demo).items():
        if name == "404.html":
            continue
        for element in tree.iter():
            for attribute in ("href", "src"):
                assert not (element.get(attribute) or "").startswith("/"), (name, element.get(attribute))


def test_the_page_for_unknown_addresses_begins_at_the_host(project: Project) -> None:
    project.edit("mkdocs.yml", "https://street.example/", "https://street.example/xiyi/").news("a").build()
    tree = parse((project.out / "404.html").read_bytes())
    urls = [element.get(name) for element in tree.iter() for name in ("href", "src") if element.get(name)]
    assert "/xiyi/news/" in urls
    assert all(url.startswith(("/xiyi/", "#", "https://")) for url in urls), urls


def test_stamping_equals_rendering_the_theme_with_real_values(demo: Project) -> None:
    """The shell is rendered once with slots; rendering Material's own templates with the values gives the same page."""
    shell = load_shell(demo.root)
    site = Site(SITE, "街区", "", "编辑部")
    frames = Frames(site, lambda: shell)
    frame = Frame("policies/x/", "标题 <甲> & 乙", "说明 “引号”", "policies", ((2, "甲", "甲"), (3, "乙", "乙"), (2, "丙", "丙")))
    values = {"title": "标题 &lt;甲&gt; &amp; 乙", "description": "说明 “引号”", "canonical": f"{SITE}policies/x/", "content": "<h1>内容</h1>"}
    stamped = frames.stamp(frame, values["content"]).decode()
    direct = shell.render(frame)
    for name, value in (values | {"head": frame_head(frame, site), "toc": frame_toc(frame)}).items():
        direct = direct.replace(f"@@slot:{name}@@", value)
    assert stamped == direct
    assert "@@slot" not in stamped
    assert 'class="md-tabs__item md-tabs__item--active"' in stamped


def test_the_theme_is_configured_as_any_material_site(project: Project) -> None:
    project.edit(
        "mkdocs.yml",
        "plugins:",
        "nav:\n  - 新闻: news/\n  - 外面: https://www.gov.cn/\nextra: {social: [{icon: material/rss, link: 'https://e.example/'}]}\nplugins:",
    )
    project.news("a").build()
    page = project.read("news/a/index.html")
    assert re.search(r'href="\.\./\.\./news/" class="md-tabs__link">\s*新闻', page)
    assert re.search(r'href="https://www\.gov\.cn/" class="md-tabs__link">\s*外面', page)


def test_registration_numbers_are_printed_only_when_set(project: Project) -> None:
    project.news("a").build()
    assert "beian" not in project.read("index.html")
    project.edit("mkdocs.yml", "plugins:", 'extra: {publisher: {icp_number: "陕ICP备12345678号-1"}}\nplugins:').build()
    assert "陕ICP备12345678号-1" in project.read("index.html")


@pytest.mark.browser
def test_every_layout_in_a_browser_below_a_sub_path(demo: Project, browser: Any) -> None:
    """On a phone; other widths are the matter of ``test_look``."""
    with served(demo.out, "/xiyi/") as url:
        _look_at_every_layout(url, browser, 390)


def _look_at_every_layout(url: str, browser: Any, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(f"script: {error}"))
    page.on("response", lambda response: failures.append(f"{response.status} {response.url}") if response.status >= 400 else None)
    page.on("request", lambda request: failures.append(f"elsewhere: {request.url}") if not request.url.startswith(url) else None)
    for name, path in LAYOUTS.items():
        if name == "missing":
            continue  # its addresses begin at the host
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width}"
        assert page.locator("h1").is_visible(), path
        assert page.evaluate("getComputedStyle(document.querySelector('.md-typeset')).fontSize").removesuffix("px") >= "16", path
    context.close()
    assert failures == []


@pytest.mark.browser
def test_a_reader_on_a_phone_reaches_a_policy_through_the_menu(demo_url: str, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(demo_url)
    page.get_by_role("button", name="菜单").click()
    page.locator(".md-nav--primary a", has_text="政策").first.click()
    page.wait_for_url("**/policies/")
    page.locator(".card a", has_text="稳岗返还").first.click()
    page.wait_for_url("**/policies/zc-wengang-2026/")
    page.locator("summary", has_text="本页目录").click()
    assert page.locator(".toc-inline a").first.is_visible()
    context.close()


def test_texts_with_the_same_footnotes_stay_apart_on_one_page() -> None:
    first, second = render("注[^1]\n\n[^1]: 甲", "who-"), render("注[^1]\n\n[^1]: 乙", "what-")
    ids = re.findall(r'id="([^"]+)"', first.raw + second.raw)
    assert len(ids) == len(set(ids))
    assert Path(ROOT / "templates").is_dir()
