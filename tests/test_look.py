"""What readers see and touch: 长辈版, read-aloud, paper, line length, targets, nothing that moves or overflows, colours that can be read."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from publisher.clock import SHANGHAI
from publisher.site.qr import QUIET, QrCodes
from publisher.site.render import _clauses
from tests.host import served
from tests.layouts import LAYOUTS
from tests.project import ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ASSETS = ROOT / "templates/site/assets"
POLICY = "policies/zc-wengang-2026/"
GUIDE = "guides/bs-getihu-sheli/"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


# Colours


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    css = (ASSETS / "tokens.css").read_text(encoding="utf-8")
    rule = re.search(rf'\[data-md-color-scheme="{scheme}"\] \{{(.*?)\n\}}', css, re.DOTALL)
    assert rule
    colours = {"on-fill": "#fff"} | dict(re.findall(r"--([\w-]+): (#\w{3,6});", rule[1]))
    pairs = [(text, ground, 4.5) for text, ground in product(("ink", "quiet", "link", "teal", "amber"), ("paper", "card", "soft", "blush", "mint", "soon"))]
    pairs += [("ink", "mark", 4.5), ("on-fill", "brick", 4.5), ("on-fill", "teal-fill", 4.5), ("on-fill", "md-primary-fg-color", 4.5)]
    pairs += [("edge", ground, 3.0) for ground in ("paper", "card", "soft")] + [("teal", ground, 3.0) for ground in ("paper", "card", "soft")]
    faint = [
        f"{text} on {ground}: {contrast(colours[text], colours[ground]):.2f}"
        for text, ground, least in pairs
        if contrast(colours[text], colours[ground]) < least
    ]
    assert faint == []


# Titles and codes


def test_a_title_is_cut_after_stops_and_before_brackets() -> None:
    assert re.findall(r">([^<]+)<", str(_clauses("周末便民服务：登记和<年报>（示例）"))) == ["周末便民服务：", "登记和&lt;年报&gt;", "（示例）"]
    assert _clauses("企业年报") == "企业年报"
    assert "clause" not in _clauses("（示例）")


@given(st.text(max_size=40))
def test_cutting_a_title_loses_nothing_of_it(title: str) -> None:
    assert re.sub(r"</?span[^>]*>", "", str(_clauses(title))) == str(escape(title))


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789-/%", min_size=1, max_size=90), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_a_code_made_from_others_is_the_one_segno_draws(paths: list[str]) -> None:
    codes = QrCodes()
    for path in paths:
        address = f"https://example.com/{path}/"
        width, drawn = codes.modules(address.encode())
        expected = segno.make_qr(address.encode(), error="m", mask=3, mode="byte", boost_error=False)
        assert (width, f"{drawn:0{width * width}b}") == (len(expected.matrix), "".join(str(int(module)) for row in expected.matrix for module in row))


def dark_modules(path: str) -> set[tuple[int, int]]:
    """The modules that the strokes of a path cover, as (row, column)."""
    start = re.match(r"M(\d+) (\d+)\.5", path)
    assert start
    column, row, found = int(start[1]), int(start[2]), set()
    for command, across, down in re.findall(r"([hm])(-?\d+)(?: (\d+))?", path[start.end() :]):
        if command == "h":
            found |= {(row, column + step) for step in range(int(across))}
        column, row = column + int(across), row + int(down or 0)
    return found


@pytest.mark.parametrize("name", [POLICY, GUIDE])
def test_the_code_on_paper_is_the_address_of_the_page(demo: Project, name: str) -> None:
    page = demo.read(f"{name}index.html")
    path = re.search(r'class="paper__code" viewBox="0 0 (\d+) \1"[^>]*><path d="([^"]+)"', page)
    assert path
    expected = segno.make_qr(f"https://example.com/{name}", error="m", mask=3, mode="byte", boost_error=False).matrix
    assert dark_modules(path[2]) == {(y + QUIET, x + QUIET) for y, row in enumerate(expected) for x, module in enumerate(row) if module}
    assert int(path[1]) == len(expected) + 2 * QUIET


def test_only_what_is_taken_to_a_counter_has_a_code(demo: Project) -> None:
    assert "paper__code" not in demo.read("news/zx-5g-zhuanwang/index.html")


# In a browser


def open_context(browser: Browser, size: dict[str, Any], **more: Any) -> BrowserContext:
    return browser.new_context(viewport=size, **more)


SMALL = """([least, scope]) => [...document.querySelectorAll(scope)].filter((element) => {
  const style = getComputedStyle(element);
  if (!element.checkVisibility({ visibilityProperty: true }) || style.position === "fixed") return false;
  if (element.matches(".md-search__overlay") || element.closest(".md-skip, .md-nav--primary, .md-sidebar--secondary")) return false;
  // A link within a sentence is exempt (WCAG 2.5.8); so is one whose block is the target as a whole.
  if (style.display === "inline") return false;
  const whole = element.closest(".card, .lines > li, .dated");
  const box = (whole || element).getBoundingClientRect();
  return box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5);
}).map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect().width, element.getBoundingClientRect().height])"""
CONTROLS = "a, button, summary, .md-header label, .checklist label, input[type=search], input[type=text], select"


@pytest.mark.browser
@pytest.mark.parametrize(("look", "least"), [("", 44), ("elder", 48)])
def test_what_is_touched_is_large_enough_on_a_phone(demo_url: str, browser: Browser, look: str, least: int) -> None:
    context = open_context(browser, PHONE)
    if look:
        context.add_init_script("localStorage.setItem('xiyi-look', '{\"elder\": true, \"text\": 1}')")
    page = context.new_page()
    small = {}
    for layout, path in LAYOUTS.items():
        page.goto(demo_url + path)
        if found := page.evaluate(SMALL, [least, CONTROLS]):
            small[layout] = found
    context.close()
    assert small == {}


@pytest.mark.browser
def test_the_large_look_is_remembered_and_there_before_the_first_paint(demo_url: str, browser: Browser) -> None:
    context = open_context(browser, PHONE)
    # Nothing can be painted before there is a body: what <html> says at that moment is what is painted.
    context.add_init_script("""
      new MutationObserver((_, observer) => {
        if (!document.body) return;
        window.lookAtFirst = document.documentElement.dataset.look || "";
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
    """)
    page = context.new_page()
    page.goto(demo_url)
    switch = page.get_by_role("button", name="长辈版")
    assert page.evaluate("window.lookAtFirst") == ""
    assert switch.get_attribute("aria-pressed") == "false"
    switch.focus()
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-pressed") == "true"
    page.goto(demo_url + POLICY)
    assert page.evaluate("window.lookAtFirst") == "elder"
    assert page.get_by_role("button", name="长辈版").get_attribute("aria-pressed") == "true"
    size = """Math.min(...[...document.querySelectorAll('.entry p, .entry dd, .entry dt, .entry li, .entry .fine')]
      .filter((element) => element.checkVisibility()).map((element) => parseFloat(getComputedStyle(element).fontSize)))"""
    assert page.evaluate(size) >= 24
    page.get_by_role("button", name="最大").click()
    assert page.evaluate(size) >= 30
    page.reload()
    assert page.evaluate(size) >= 30
    page.get_by_role("button", name="长辈版").click()
    page.goto(demo_url + GUIDE)
    assert page.evaluate("window.lookAtFirst") == ""
    context.close()


@pytest.mark.browser
def test_text_has_three_sizes_without_the_large_look_too(demo_url: str, browser: Browser) -> None:
    context = open_context(browser, DESK)
    page = context.new_page()
    page.goto(demo_url + GUIDE)
    size = "parseFloat(getComputedStyle(document.querySelector('.prose p, .entry p')).fontSize)"
    sizes = []
    for name in ("标准", "大", "特大"):
        page.locator(".reading").get_by_role("button", name=name, exact=True).click()
        sizes.append(page.evaluate(size))
    assert sizes[0] < sizes[1] < sizes[2]
    context.close()


@pytest.mark.browser
def test_a_browser_that_keeps_nothing_still_shows_every_look(demo_url: str, browser: Browser) -> None:
    context = open_context(browser, DESK)
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off', 'SecurityError'); } })")
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(demo_url + POLICY)
    page.get_by_role("button", name="长辈版").click()
    assert page.evaluate("document.documentElement.dataset.look") == "elder"
    context.close()
    assert [failure for failure in failures if "early" in failure or "reading" in failure] == []


@pytest.mark.browser
def test_without_scripts_no_button_promises_anything(demo_url: str, browser: Browser) -> None:
    context = open_context(browser, PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(demo_url + POLICY)
    for selector in (".elder-switch", ".reading", ".elder-bar", "days-left >> nth=0"):
        assert not page.locator(selector).is_visible(), selector
    assert page.locator("h1").is_visible()
    context.close()


VOICE = """
  window.said = [];
  window.voices = %s;
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const events = new EventTarget();
  const speech = {
    getVoices: () => window.voices,
    speak: (utterance) => { window.said.push(utterance.text); window.current = utterance; },
    cancel: () => { const was = window.current; window.current = null; if (was) setTimeout(() => was.onerror && was.onerror({ error: "canceled" })); },
    addEventListener: (...words) => events.addEventListener(...words),
  };
  window.tellVoices = (voices) => { window.voices = voices; events.dispatchEvent(new Event("voiceschanged")); };
  window.finish = () => { const was = window.current; window.current = null; was.onend({}); };
  Object.defineProperty(window, "speechSynthesis", { value: speech });
"""
CHINESE = '[{lang: "en-US", name: "English"}, {lang: "zh_CN", name: "中文"}]'


def reading_page(browser: Browser, url: str, voices: str) -> Page:
    context = open_context(browser, DESK)
    context.add_init_script(VOICE % voices)
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.browser
def test_an_entry_is_read_aloud_from_its_title_to_its_end(demo_url: str, browser: Browser) -> None:
    page = reading_page(browser, demo_url + POLICY, CHINESE)
    play, stop = page.locator("[data-read]"), page.locator("[data-read-stop]")
    assert not stop.is_visible()
    play.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.said") == ["稳岗返还和扩岗补助：2026年底到期"]
    assert page.evaluate("window.current.voice.lang") == "zh_CN"
    assert page.locator(".is-being-read").inner_text() == "稳岗返还和扩岗补助：2026年底到期"
    assert page.evaluate("[...CSS.highlights.get('reading')].join('')") == "稳岗返还和扩岗补助：2026年底到期"
    for _ in range(400):
        if page.evaluate("!window.current"):
            break
        page.evaluate("window.finish()")
    said = page.evaluate("window.said")
    words = "".join(said)
    for expected in ("现行有效", "文号：人社部发〔2026〕39号", "谁能享受", "店里只有8个人", "以官方原文和主管部门答复为准"):
        assert expected in words, expected
    for decoration in ("相关内容", "上一篇", "本页目录", "打印", "扫码", "¶", "#社保", "首页"):
        assert decoration not in words, decoration
    assert max(map(len, said)) < 160
    assert play.inner_text() == "朗读"
    assert page.locator(".is-being-read").count() == 0
    page.context.close()


@pytest.mark.browser
def test_reading_pauses_goes_on_and_stops(demo_url: str, browser: Browser) -> None:
    page = reading_page(browser, demo_url + GUIDE, CHINESE)
    play, stop = page.locator("[data-read]"), page.locator("[data-read-stop]")
    play.click()
    page.evaluate("window.finish()")
    third = page.evaluate("window.said").copy()
    assert len(third) == 2
    assert play.inner_text() == "暂停"
    play.click()
    page.wait_for_timeout(50)  # the end of what was cancelled must not count
    assert page.evaluate("window.said") == third
    assert play.inner_text() == "继续朗读"
    play.click()
    assert page.evaluate("window.said") == [*third, third[-1]]
    stop.focus()
    page.keyboard.press("Enter")
    assert not stop.is_visible()
    assert page.evaluate("document.activeElement.hasAttribute('data-read')")
    play.click()
    assert page.evaluate("window.said.at(-1)") == third[0]
    page.keyboard.press("Escape")
    assert play.inner_text() == "朗读"
    page.context.close()


@pytest.mark.browser
def test_reading_is_offered_only_where_there_is_a_chinese_voice(demo_url: str, browser: Browser) -> None:
    page = reading_page(browser, demo_url + POLICY, '[{lang: "en-US", name: "English"}]')
    assert not page.locator("[data-read]").is_visible()
    before = page.locator(".lead").bounding_box()
    page.evaluate("window.tellVoices([{lang: 'zh-CN', name: '中文'}])")
    assert page.locator("[data-read]").is_visible()
    assert page.locator(".lead").bounding_box() == before, "a voice that comes late moves nothing"
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [POLICY, GUIDE])
def test_paper_has_what_a_counter_needs_and_no_navigation(demo_url: str, browser: Browser, name: str) -> None:
    context = open_context(browser, {"width": 680, "height": 1000})
    page = context.new_page()
    page.goto(demo_url + name)
    assert not page.locator(".paper").is_visible()
    page.emulate_media(media="print")
    for selector in (
        ".md-header",
        ".md-footer",
        ".md-sidebar--secondary",
        ".crumbs",
        ".reading",
        ".entry-foot .chips",
        ".neighbours",
        ".related",
        ".elder-switch",
    ):
        assert not page.locator(selector).first.is_visible(), selector
    assert page.locator(".paper__code").is_visible()
    assert page.locator(".paper__address").inner_text() == f"https://example.com/{name}"
    drawn = "getComputedStyle(el, el.matches('input') ? null : '::before')"
    box = f"el => [parseFloat({drawn}.width), {drawn}.borderTopStyle]"
    boxes = page.locator("#materials ~ ul > li input, #materials + ul:not(.checklist) > li").evaluate_all(f"all => all.map({box})")
    assert boxes
    assert all(width > 15 and style == "solid" for width, style in boxes), boxes
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    context.close()


LINES = """() => [...document.querySelectorAll('.prose > p')].flatMap((paragraph) => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), rows = new Map(), range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let at = 0; at < node.data.length; at += 1) {
      range.setStart(node, at), range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      const row = Math.round(box.bottom / 8), width = /\\p{Script=Han}|[，。、；：“”（）《》？！]/u.test(node.data[at]) ? 1 : 0.5;
      rows.set(row, (rows.get(row) || 0) + width);
    }
  const counts = [...rows.values()];
  return counts.slice(0, -1);
})"""


@pytest.mark.browser
def test_a_line_of_text_on_a_desk_has_34_to_40_characters(project: Project, browser: Browser) -> None:
    project.edit("mkdocs.yml", "features: [navigation.tabs]", "features: [navigation.tabs]\n  palette: {scheme: default, primary: custom, accent: custom}")
    project.news("a", body="街区的消息一行排多少字读起来最省力早有人试过多次" * 20).build()
    with served(project.out) as url:
        for width in (1024, 1280, 1920):
            context = open_context(browser, {"width": width, "height": 900})
            page = context.new_page()
            page.goto(f"{url}news/a/")
            lines = page.evaluate(LINES)
            context.close()
            assert len(lines) > 5
            assert min(lines) >= 34, (width, lines)
            assert max(lines) <= 40, (width, lines)


WIDE = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - window.innerWidth"


@pytest.mark.browser
@pytest.mark.parametrize("look", ["", "elder"])
def test_nothing_is_wider_than_the_window(demo_url: str, browser: Browser, look: str) -> None:
    """320 px is also a desk's window at 400 %, and 640 px one at 200 % (WCAG 1.4.10, 1.4.4)."""
    context = open_context(browser, {"width": 1280, "height": 800})
    if look:
        context.add_init_script("localStorage.setItem('xiyi-look', '{\"elder\": true, \"text\": 3}')")
    page = context.new_page()
    wide = []
    for layout, path in LAYOUTS.items():
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(demo_url + path)
        for width in (1280, 640, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if (over := page.evaluate(WIDE)) > 0:
                wide.append(f"{layout} at {width}: {over} px")
    context.close()
    assert wide == []


SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"
CLIPPED = """() => [...document.querySelectorAll('.md-content *, .md-header *')].filter((element) => {
  const style = getComputedStyle(element);
  return element.checkVisibility() && style.overflow === 'hidden' && style.webkitLineClamp === 'none' && element.innerText?.trim()
    && (element.scrollWidth > element.clientWidth + 2 || element.scrollHeight > element.clientHeight + 2) && !element.closest('.md-header__title, .hero');
}).map((element) => element.className)"""


@pytest.mark.browser
def test_on_a_phone_times_titles_cards_and_rows_of_links_keep_their_shape(demo_url: str, browser: Browser) -> None:
    context = open_context(browser, PHONE)
    context.add_init_script("""localStorage.setItem('xiyi-look', '{"elder": true, "text": 1}')""")
    page = context.new_page()
    page.goto(demo_url + LAYOUTS["event"])
    box, padding = page.locator(".when").evaluate("e => [e.getBoundingClientRect().right, parseFloat(getComputedStyle(e).paddingRight)]")
    assert page.locator(".when__span").evaluate("e => e.getBoundingClientRect().right") <= box - padding + 0.5
    links = page.locator(".facts dd").filter(has=page.locator("a ~ a")).first
    lefts = links.locator("a").evaluate_all("links => links.map((link) => link.getBoundingClientRect().left)")
    assert len(lefts) > 1
    assert max(lefts) - min(lefts) < 1, "one below the other"
    assert not links.locator(".then").first.is_visible()
    page.goto(demo_url + LAYOUTS["tallies"])
    title = page.locator(".newest h2 a")
    assert title.evaluate("link => getComputedStyle(link).display") == "inline-block", "the clauses of a title are words, not columns"
    page.goto(demo_url + LAYOUTS["enterprises"])
    assert page.locator(".card").count() > 1
    assert page.locator(".card__dates:visible").count() == 0, "a card without an end has no line for it"
    page.goto(demo_url + LAYOUTS["policies"])
    assert page.locator(".card__dates:visible").count() > 1
    context.close()


@pytest.mark.browser
def test_a_reader_may_space_the_text_out(demo_url: str, browser: Browser) -> None:
    """WCAG 1.4.12: no word is lost."""
    context = open_context(browser, PHONE, bypass_csp=True)
    page = context.new_page()
    for layout in ("home", "policies", "policy", "guide", "listing", "event", "edition", "feeds"):
        page.goto(demo_url + LAYOUTS[layout])
        page.add_style_tag(content=SPACED)
        assert page.evaluate(WIDE) <= 0, layout
        assert page.evaluate(CLIPPED) == [], layout
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_while_a_page_loads(demo_url: str, browser: Browser, size: dict[str, int]) -> None:
    context = open_context(browser, size)
    context.add_init_script("""
      window.moved = [];
      new PerformanceObserver((list) => {
        const told = ({ node, previousRect, currentRect }) => [node?.outerHTML?.slice(0, 80), JSON.stringify(previousRect), JSON.stringify(currentRect)];
        for (const entry of list.getEntries()) window.moved.push([entry.value, ...entry.sources.map(told)]);
      }).observe({ type: "layout-shift", buffered: true });
    """)
    page = context.new_page()
    moved = {}
    for layout, path in LAYOUTS.items():
        page.goto(demo_url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(100)
        if found := page.evaluate("window.moved"):
            moved[layout] = found
    context.close()
    assert moved == {}


@pytest.mark.browser
def test_days_are_counted_by_the_reader_s_clock_in_shanghai(demo_url: str, browser: Browser) -> None:
    words = {}
    for moment in ("2026-11-23 09:00", "2026-12-24 00:30", "2026-12-30 23:59", "2026-12-31 08:00", "2027-01-01 00:01"):
        context = open_context(browser, DESK, timezone_id="America/New_York")
        context.clock.set_fixed_time(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))
        page = context.new_page()
        page.goto(demo_url)
        today = page.locator("today-date").inner_text()
        page.goto(demo_url + POLICY)
        words[moment] = (today, page.locator(".entry-head days-left").inner_text())
        context.close()
    assert words == {
        "2026-11-23 09:00": ("今天 2026年11月23日 星期一", "还剩38天"),
        "2026-12-24 00:30": ("今天 2026年12月24日 星期四", "还剩7天"),
        "2026-12-30 23:59": ("今天 2026年12月30日 星期三", "明天截止"),
        "2026-12-31 08:00": ("今天 2026年12月31日 星期四", "今天截止"),
        "2027-01-01 00:01": ("今天 2027年1月1日 星期五", "已截止"),
    }


@pytest.mark.browser
@pytest.mark.parametrize("path", ["", POLICY, "policies/"])
def test_a_page_with_all_it_loads_is_light(demo_url: str, browser: Browser, path: str) -> None:
    context = open_context(browser, PHONE)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.update({response.url: int(response.headers.get("content-length", 0))}))
    page.goto(demo_url + path)
    page.wait_for_load_state("networkidle")
    context.close()
    assert len(sizes) > 5
    assert sum(sizes.values()) <= 250_000, sizes


HARD = {
    "标题": "这是一个特别特别长的标题用来看看手机上会不会撑破版面或者把别的东西挤到看不见的地方去：二〇二六年",
    "标签": "[税收, 社保, 用工, 小微企业, 融资, 开店, 年报, 消费, 招聘, 招商, 数字化, 便民]",
}
HARD_BODY = f"""\
没有空格的长串：{"91990000MA0DA0011B" * 12}

| 划型 | 从业人员 | 营业收入 | 资产总额 | 备注 |
| --- | --- | --- | --- | --- |
| 大型 | 300人及以上 | 10,000万元及以上 | 不看这一项 | 两项都要达到，差一项就降一级 |

见 <https://www.gov.cn/{"a" * 120}>。
"""


@pytest.mark.browser
def test_hard_content_keeps_its_shape(project: Project, browser: Browser) -> None:
    project.news("hard", body=HARD_BODY, **HARD).build()
    with served(project.out) as url:
        for width in (320, 390, 1280):
            context = open_context(browser, {"width": width, "height": 800})
            page = context.new_page()
            for path in ("", "news/", "news/hard/", "tags/"):
                page.goto(url + path)
                assert page.evaluate(WIDE) <= 0, (path, width)
            page.goto(f"{url}news/hard/")
            table = page.locator(".table-scroll")
            assert table.get_attribute("tabindex") == "0"
            assert table.get_attribute("aria-label")
            if width == 320:
                assert table.evaluate("box => box.scrollWidth > box.clientWidth"), "what is wider than the phone scrolls within"
            context.close()


@pytest.mark.browser
def test_a_site_with_next_to_nothing_looks_whole(project: Project, browser: Browser) -> None:
    project.write("content/pages/about.md", "---\n标题: 关于\n发布时间: 2026-11-20\n摘要: 关于\n---\n\n关于。\n").build()
    with served(project.out) as url:
        context = open_context(browser, PHONE)
        page = context.new_page()
        page.goto(url)
        assert page.locator(".empty").count() >= 2
        headings = page.locator(".front section, .front .rail").evaluate_all("all => all.filter(box => box.innerText.trim().split('\\n').length < 2).length")
        assert headings == 0, "no section is a heading alone"
        for folder in ("news", "policies", "matchmaking", "guides", "events", "enterprises"):
            page.goto(f"{url}{folder}/")
            assert page.locator(".empty").is_visible(), folder
            assert page.evaluate(WIDE) <= 0
        context.close()


def test_the_styles_name_no_other_host_and_no_web_font() -> None:
    for file in sorted(Path(ASSETS).glob("*.css")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"@font-face|@import|url\((?!\"data:)", text), file.name
        assert "font-style: italic" not in text
