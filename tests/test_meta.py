"""What every page tells machines: a policy that browsers keep, JSON-LD in schema.org's words, Open Graph, the names of government sites."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
from PIL import Image, ImageChops

from publisher.failure import PublisherError
from publisher.site import share
from publisher.site.csp import content_policy
from publisher.site.share import BRANDS, draw_brand
from publisher.site.share import SIZE as SIZE_OF_SHARES
from tests.layouts import LAYOUTS, checker
from tests.project import ROOT, Project
from tests.schema_org import TABLE, Vocabulary, make_table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SITE = "https://example.com/"
TERMS = json.loads(TABLE.read_text(encoding="utf-8"))
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_SHAPES = {
    "Date": re.compile(r"\d{4}-\d\d-\d\d"),
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"),
    "Time": re.compile(r"\d\d:\d\d"),
    "Duration": re.compile(r"P\d+D"),
    "URL": re.compile(r"https?://\S+"),
    "Text": re.compile(r"(?s).+"),
}


def graph(page: str) -> list[dict[str, Any]]:
    """The nodes of a page's JSON-LD."""
    blocks = _BLOCK.findall(page)
    assert len(blocks) == 1
    data = json.loads(blocks[0])
    assert data["@context"] == "https://schema.org"
    nodes: list[dict[str, Any]] = data["@graph"]
    return nodes


def node(page: str, kind: str) -> dict[str, Any]:
    return next(node for node in graph(page) if node["@type"] == kind)


def faults(value: Any, ranges: list[str], place: str) -> Iterator[str]:
    """Where a value is none of what schema.org allows."""
    if isinstance(value, list):
        for item in value:
            yield from faults(item, ranges, place)
    elif isinstance(value, dict) and set(value) == {"@id"}:
        return
    elif isinstance(value, dict):
        kind = value.get("@type", "")
        row = TERMS["types"].get(kind)
        if row is None or (ranges and not {*row["is"]} & {*ranges}):
            yield f"{place}: {kind} is none of {ranges}"
            return
        for name, part in value.items():
            if name.startswith("@") or name == "query-input":
                continue
            if name not in row["has"]:
                yield f"{place}: {kind} has no {name}"
            else:
                yield from faults(part, row["has"][name], f"{place}.{name}")
    elif isinstance(value, bool):
        yield from [] if "Boolean" in ranges else [f"{place}: {value}"]
    elif isinstance(value, int | float):
        yield from [] if {"Number", "Integer"} & {*ranges} else [f"{place}: {value}"]
    elif not any(_is(value, kind) for kind in ranges):
        yield f"{place}: {value!r} is none of {ranges}"


def _is(value: str, kind: str) -> bool:
    if kind in TERMS["values"]:
        return value.removeprefix("https://schema.org/") in TERMS["values"][kind]
    if kind == "Thing":  # a thing may be told by its address
        return bool(_SHAPES["URL"].fullmatch(value))
    return kind in _SHAPES and bool(_SHAPES[kind].fullmatch(value))


def test_every_page_describes_itself_in_words_that_schema_org_knows(demo: Project) -> None:
    kinds = set()
    for name in demo.files():
        if not name.endswith("index.html"):
            continue
        nodes = graph(demo.read(name))
        assert [fault for row in nodes for fault in faults(row, [], name)] == []
        kinds |= {row["@type"] for row in nodes}
        assert name == "index.html" or any(row["@type"] == "BreadcrumbList" for row in nodes), name
    assert kinds >= {"Article", "FAQPage", "GovernmentService", "HowTo", "Demand", "Offer", "LocalBusiness", "BusinessEvent", "WebSite", "Organization"}


def test_the_table_of_terms_is_what_the_vocabulary_says() -> None:
    text = checker("schema-dts/dist/schema.d.ts").read_text(encoding="utf-8")
    assert make_table(TERMS, Vocabulary(text)) == TERMS


def test_each_kind_says_what_it_is(demo: Project) -> None:
    law = node(demo.read("policies/zc-wengang-2026/index.html"), "Article")["about"]
    assert (law["@type"], law["legislationIdentifier"]) == ("Legislation", "人社部发〔2026〕39号")
    assert (law["legislationLegalForce"], law["temporalCoverage"]) == ("https://schema.org/InForce", "2026-01-01/2026-12-31")
    assert node(demo.read("policies/zc-2023-19/index.html"), "Article")["about"]["legislationLegalForce"] == "https://schema.org/NotInForce"
    demand = graph(demo.read("matchmaking/gx-2026-001-zhuanwang/index.html"))
    assert (demand[0]["@type"], demand[0]["validThrough"]) == ("Demand", "2027-03-31")
    assert demand[0]["priceSpecification"] == {"@type": "PriceSpecification", "priceCurrency": "CNY", "minPrice": 50000.0, "maxPrice": 80000.0}
    assert demand[1]["seeks"] == {"@id": demand[0]["@id"]}
    event = node(demo.read("events/hd-2026-1208-xuanjiang/index.html"), "BusinessEvent")
    assert event["startDate"] == "2026-12-08T14:30:00+08:00"
    assert event["isAccessibleForFree"] is True
    steps = node(demo.read("guides/bs-getihu-sheli/index.html"), "HowTo")["step"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    assert node(demo.read("index.html"), "WebSite")["potentialAction"]["target"]["urlTemplate"] == f"{SITE}search/?q={{search_term_string}}"
    crumbs = node(demo.read("guides/bs-getihu-sheli/index.html"), "BreadcrumbList")["itemListElement"]
    assert [row["item"] for row in crumbs] == [SITE, f"{SITE}guides/", f"{SITE}guides/bs-getihu-sheli/"]


def test_a_sale_is_an_event_and_a_tombstone_says_nothing_of_its_text(project: Project) -> None:
    project.news("a", 类型="促销活动", 起止时间="{起: 2026-11-20, 止: 2026-11-30}", 优惠说明="满100元减20元。", 地点="西一路")
    project.news("b", 撤回="{时间: 2026-11-21 10:00, 说明: 有误}", 状态="已撤回").build()
    sale = node(project.read("news/a/index.html"), "Article")["about"][0]
    assert (sale["@type"], sale["startDate"], sale["endDate"]) == ("SaleEvent", "2026-11-20", "2026-11-30")
    assert list(faults(graph(project.read("news/a/index.html")), [], "a")) == []
    assert [row["@type"] for row in graph(project.read("news/b/index.html"))] == ["WebPage", "BreadcrumbList"]
    assert "b的摘要" not in project.read("news/b/index.html")


def test_no_text_can_end_the_block(project: Project) -> None:
    project.news("a", 标题='"</script><script>alert(1)</script>"', 摘要="'<!-- <b>甲</b>'").build()
    page = project.read("news/a/index.html")
    assert node(page, "Article")["headline"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page
    assert "<" not in _BLOCK.findall(page)[0]


def test_what_is_shared_has_a_title_words_and_a_picture_that_is_there(demo: Project) -> None:
    files = demo.files()
    for name, data in files.items():
        if not name.endswith("index.html"):
            continue
        tree = html5lib.parse(data, namespaceHTMLElements=False)
        said = {row.get("property"): row.get("content") for row in tree.iter("meta") if row.get("property")}
        assert said["og:url"] == next(row.get("href") for row in tree.iter("link") if row.get("rel") == "canonical")
        assert said["og:title"] in (tree.findtext("head/title") or "")
        assert (said["og:locale"], said["og:site_name"]) == ("zh_CN", "西一路智慧街区")
        assert said["og:type"] == ("article" if "article:published_time" in said else "website")
        picture = said["og:image"].removeprefix(SITE)
        with Image.open(demo.out / picture) as image:
            assert (str(image.width), str(image.height)) == (said["og:image:width"], said["og:image:height"])
        assert not [row for row in tree.iter("link") if row.get("hreflang")]
    for name, data in files.items():
        if name.startswith("assets/share/"):
            assert len(data) < 40_000, name


def test_the_names_of_government_sites(demo: Project) -> None:
    tree = html5lib.parse(demo.out.joinpath("policies/zc-wengang-2026/index.html").read_bytes(), namespaceHTMLElements=False)
    said = {row.get("name"): row.get("content") for row in tree.iter("meta") if row.get("name")}
    assert said["SiteName"] == "西一路智慧街区"
    assert said["SiteDomain"] == "example.com"
    assert said["ColumnName"] == "政策解读"
    assert said["ArticleTitle"] == "稳岗返还和扩岗补助：2026年底到期"
    assert said["PubDate"] == "2026-11-16 09:00"
    assert said["Keywords"] == "社保,用工,小微企业"
    assert said["Url"] == f"{SITE}policies/zc-wengang-2026/"
    assert "SiteIDCode" not in said, "only a government has such a code"


def test_the_policy_allows_only_the_scripts_that_the_frame_has() -> None:
    page = '<script>a()</script><script src="x.js"></script><script type="application/json">{}</script><script>a()</script>'
    policy = content_policy(page, "https://mail.example")
    assert "script-src 'self' 'sha256-5AUO0VpwqmVHNlyBWV79r7++4VPGsrxDBSMYIPAXtOM=';" in policy or policy.count("sha256-") == 1
    assert "unsafe" not in policy
    assert "form-action 'self' https://mail.example;" in policy


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_no_layout_breaks_the_policy_asks_elsewhere_or_sets_a_cookie(demo_url: str, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_init_script("window.broken = []; addEventListener('securitypolicyviolation', e => broken.push(`${e.violatedDirective}: ${e.blockedURI}`))")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, path in LAYOUTS.items():
        page.goto(demo_url + path)
        page.wait_for_load_state("networkidle")
        use(page, width)
        assert page.evaluate("broken") == [], name
        assert page.evaluate("document.cookie") == "", name
    assert not [url for url in asked if not url.startswith((demo_url, "data:"))]
    assert context.cookies() == []
    page.evaluate("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
    assert page.evaluate("window.ran") is None, "a script that somebody brings in does not run"
    assert page.evaluate("broken.length") == 1
    context.close()


def use(page: Any, width: int) -> None:
    """Touch what the frame's scripts answer: menu, look, scrolling."""
    if width < 1220:
        page.get_by_role("button", name="菜单").click()
        page.locator("label.md-overlay").click(position={"x": width - 10, "y": 400}, force=True)
    page.locator("[data-elder-switch]:visible").first.click()
    for look in page.locator("[data-scheme-switch]:visible").all():  # a phone in 长辈版 has no room for it
        look.click()
    page.mouse.wheel(0, 900)
    page.mouse.wheel(0, -300)


def test_robots_and_registrations_are_said_only_when_set(project: Project) -> None:
    project.news("a").build()
    home = project.read("index.html")
    assert 'name="robots"' not in home
    assert "beian" not in home
    assert "None" not in home, "a site without a copyright line says nothing"
    own = '{icp_number: "陕ICP备12345678号-1", police_number: "陕公网安备 61010202000001号", robots: "noindex, nofollow", form_action: "https://mail.example"}'
    project.edit("mkdocs.yml", "plugins:", f"extra: {{publisher: {own}}}\nplugins:").build()
    home = project.read("index.html")
    assert '<meta name="robots" content="noindex, nofollow">' in home
    assert '<a href="https://beian.miit.gov.cn/">陕ICP备12345678号-1</a>' in home
    assert '<a href="https://beian.mps.gov.cn/#/query/webSearch?code=61010202000001">' in home
    assert "form-action 'self' https://mail.example;" in home


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ('icp_number: "陕ICP备1234567号"', "陕ICP备12345678号-1"),
        ('icp_number: "京ICP证030173号"', "陕ICP备12345678号-1"),
        ('police_number: "陕公网安备 6101号"', "陕公网安备 61010202000001号"),
        ('robots: "no-index"', "noindex"),
        ('form_action: "http://mail.example/x"', "https://"),
    ],
)
def test_a_setting_that_is_written_wrongly_is_told(project: Project, setting: str, words: str) -> None:
    project.news("a").edit("mkdocs.yml", "plugins:", f"extra:\n  publisher:\n    {setting}\nplugins:")
    found = project.check()
    assert [row.partition(" ")[2] for row in found] == ["[bad-setting]"]
    assert words in project.prepared.problems[0].message()


@pytest.mark.parametrize("name", BRANDS)
def test_the_pictures_of_kinds_are_what_the_program_draws(name: str) -> None:
    with Image.open(ROOT / "templates/site/assets/share" / f"{name}.png") as image:
        assert image.size == SIZE_OF_SHARES
        assert ImageChops.difference(image.convert("RGB"), draw_brand(name).convert("RGB")).getbbox() is None


CARDS = ("plugins:", "extra: {publisher: {share_cards: true}}\nplugins:")


def test_a_card_for_each_entry_is_drawn_on_request_and_never_twice(project: Project) -> None:
    project.news("a", 标题="稳岗返还和扩岗补助：2026年底到期，小餐馆也可能申请到的一笔钱，看这一篇就够").news("b").build()
    assert not (project.out / "share").exists()
    project.edit("mkdocs.yml", *CARDS).build()
    with Image.open(project.out / "share/news/a.png") as image:
        assert image.size == SIZE_OF_SHARES
        assert len(image.getcolors() or ()) > 8, "there is something on it"
    page = project.read("news/a/index.html")
    assert '<meta property="og:image" content="https://street.example/share/news/a.png">' in page
    project.edit("content/news/a.md", "正文。", "别的正文。").build()
    assert [path for path in project.report.written if path.endswith(".png")] == []
    project.edit("content/news/a.md", "小餐馆", "小店").build()
    assert [path for path in project.report.written if path.endswith(".png")] == ["share/news/a.png"]
    project.remove("content/news/b.md").build()
    assert not (project.out / "share/news/b.png").exists()


def test_without_a_chinese_font_cards_are_told_to_be_impossible(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    share.find_font.cache_clear()
    monkeypatch.setattr(share, "_USUAL", ())
    monkeypatch.setattr(share.shutil, "which", lambda name: None)
    project.news("a").edit("mkdocs.yml", *CARDS)
    with pytest.raises(PublisherError, match="has none"):
        project.build()
    share.find_font.cache_clear()


def test_the_words_of_a_card_break_as_chinese_does() -> None:
    font = share.ImageFont.truetype(*share.find_font()[:1], 20, index=share.find_font().face)
    lines = share._broken("政策（示例）到期，还能不能申请？看这里。", font, 20 * 8, 3)
    assert "".join(lines) == "政策（示例）到期，还能不能申请？看这里。"
    assert not [line for line in lines if line[0] in share._NOT_FIRST or line[-1] in share._NOT_LAST]
    assert share._broken("一二三四五六七八九十" * 4, font, 20 * 8, 2)[-1].endswith("…")
