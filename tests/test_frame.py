"""The page frame without the theme's own script (docs/adr/0015): the rules kept of its styles, and what our scripts do instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.markup import CLASSES, render
from publisher.material.shell import load_shell
from publisher.problems import PublisherError
from publisher.site.styles import trim
from tests.layouts import LAYOUTS
from tests.project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def until(page: Page, expression: str) -> None:
    """Wait for a truth; the page's own policy forbids what Playwright would do for it."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".a{color:red}.b{color:red}", ".a{color:red}"),
        (".a,.b .a,p .a{color:red}", ".a,p .a{color:red}"),
        (".a.b,.a .b,.a>p{color:red}", ".a>p{color:red}"),
        ("#a{color:red}#b{color:red}", "#a{color:red}"),
        ("p{color:red}::selection{color:red}", "p{color:red}::selection{color:red}"),
        (".a:not(.b){color:red}.a:is(.b,.c){color:red}", ".a:not(.b){color:red}.a:is(.b,.c){color:red}"),
        ("[a]{top:0}[a=a]{top:0}[a^=b]{top:0}[b]{top:0}[a=b]{top:0}[a='b']{top:0}", "[a]{top:0}[a=a]{top:0}[a^=b]{top:0}"),
        (r".a\:b{top:0}", r".a\:b{top:0}"),
        ("@media print{.b{color:red}}@media print{.a{color:red}.b{color:red}}", "@media print{.a{color:red}}"),
        ("@supports (a:b){@media print{.a{color:red}}}", "@supports (a:b){@media print{.a{color:red}}}"),
        ('@charset "utf-8";.a{color:red}', '@charset "utf-8";.a{color:red}'),
        ("@keyframes x{0%{color:red}}", "@keyframes x{0%{color:red}}"),
        (":root{--x:1;--y:var(--z);--z:2;--w:3}.a{color:var(--y)}", ":root{--y:var(--z);--z:2}.a{color:var(--y)}"),
        (":root{--x:1}.b{color:var(--x)}", ""),
        (":root{--a:var(--x);--x:1}", ":root{--a:var(--x);--x:1}"),
        (".a{color:red!important;background:url(data:a;b,c)}", ".a{color:red!important;background:url(data:a;b,c)}"),
        ("/* .a */.a\n{\n  *zoom: 1;\n  color: red;\n}\n", ".a{color: red}"),
    ],
)
def test_rules_stay_that_a_page_with_such_names_may_need(css: str, kept: str) -> None:
    assert trim(css, frozenset({"a", "--a"})) == kept


def test_a_broken_style_sheet_is_an_error() -> None:
    with pytest.raises(PublisherError) as raised:
        trim(".a{color:red} }", frozenset({"a"}))
    assert "主题的样式读不懂" in raised.value.zh


def test_what_markdown_is_written_as_is_known_by_name() -> None:
    alerts = "".join(f"> [!{name}]\n> a\n\n" for name in ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"))
    written = render(f"{alerts}## h\n\n- [x] a\n\na[^1]\n\n[^1]: b").raw
    found = {name for names in re.findall(r'class="([^"]*)"', written) for name in names.split()}
    assert found <= {*CLASSES, "footnote-backref"}
    assert {"admonition", "headerlink", "task-list-item", "footnotes"} <= found


def test_the_theme_s_script_is_not_in_the_site_and_its_styles_are_in_part(project: Project) -> None:
    project.news("a").build()
    page = project.read("news/a/index.html")
    assert re.findall(r'<script src="([^"]*)', page) == [f"../../assets/{name}.js" for name in ("early", "reading", "keyboard", "frame")]
    assert not [path for path in project.out.rglob("*") if "bundle" in path.name or "stylesheets" in path.parts]
    css = project.read("assets/material.css")
    assert ".md-tabs__link" in css
    assert ".admonition" in css
    assert not re.search(r"\.md-version|\.md-consent|\.highlight|\[dir=rtl\]|data-md-color-primary=indigo", css)
    assert len(css) < 0.4 * sum(len(Path(source).read_text()) for source in load_shell(project.root).assets()[0].inputs["sources"])


#: Reads every computed value of every element, and of what stands before and after it; puts the other style sheet in the place of ours;
#: reads again, and gives what differs. First it marks what frame.js may mark.
_DIFFERENCES = """async (other) => {
  document.querySelector(".md-header__title").classList.add("md-header__title--active");
  document.querySelector(".md-nav--secondary a")?.classList.add("md-nav__link--active", "md-nav__link--passed");
  if (document.querySelector(".md-top")) document.querySelector(".md-top").hidden = false;
  for (const toggle of document.querySelectorAll(".md-toggle")) toggle.checked = true;
  const elements = [...document.querySelectorAll("*")];
  const names = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--"));
  const read = () => elements.flatMap((element) => ["", "::before", "::after"].map((part) => {
    const style = getComputedStyle(element, part);
    return part && style.content === "none" ? [] : names.map((name) => style.getPropertyValue(name));
  }));
  const ours = read();
  const link = document.querySelector("link[href$='material.css']");
  link.href = other;
  await new Promise((done) => { link.onload = done; });
  const theirs = read();
  if (ours.length < 300) return ["too few elements"];
  return ours.flatMap((values, at) => {
    const found = names.filter((_, index) => values[index] !== theirs[at][index]);
    return found.length || values.length !== theirs[at].length ? [[elements[Math.floor(at / 3)].outerHTML.slice(0, 100), ...found]] : [];
  });
}"""


@pytest.mark.browser
@pytest.mark.parametrize("layout", ["home", "policies", "guide", "edition", "search found", "self-check found"])
def test_pages_look_as_with_all_of_the_theme_s_styles(demo: Project, demo_url: str, browser: Browser, layout: str) -> None:
    """Light on a phone, dark on a desk, and printed."""
    sources = load_shell(demo.root).assets()[0].inputs["sources"]
    whole = "".join(Path(source).read_text(encoding="utf-8") for source in sources)
    for size, scheme, media in ((PHONE, "light", "screen"), (DESK, "dark", "screen"), (DESK, "light", "print")):
        context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        page.route("**/assets/frame.js", lambda route: route.abort())  # it marks where the reader is, a moment later than one thinks
        page.route("**/whole.css", lambda route: route.fulfill(body=whole, content_type="text/css"))
        page.goto(demo_url + LAYOUTS[layout])
        page.wait_for_load_state("networkidle")
        page.emulate_media(media=media)
        assert page.evaluate(_DIFFERENCES, "/whole.css") == []
        context.close()


@pytest.mark.browser
def test_light_or_dark_is_the_reader_s_choice_and_else_the_device_s(demo_url: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark")
    page = context.new_page()
    page.goto(demo_url)
    switch = page.locator("[data-scheme-switch]")
    until_scheme(page, "slate")
    assert switch.get_attribute("aria-label") == "切换到浅色"
    page.emulate_media(color_scheme="light")
    until_scheme(page, "default")  # it follows the device while nothing is chosen
    switch.click()
    until_scheme(page, "slate")
    page.goto(demo_url + LAYOUTS["policy"])
    until_scheme(page, "slate")  # the choice holds on the next page
    page.emulate_media(color_scheme="dark")
    switch.press("Enter")
    until_scheme(page, "default")
    switch.press("Enter")
    page.emulate_media(color_scheme="light")
    until_scheme(page, "default")  # who chose what the device has follows it again
    context.close()


def until_scheme(page: Page, scheme: str) -> None:
    colour = {"default": "rgb(253, 250, 245)", "slate": "rgb(23, 19, 17)"}[scheme]
    until(page, f"document.documentElement.dataset.mdColorScheme === '{scheme}' && getComputedStyle(document.body).backgroundColor === '{colour}'")


@pytest.mark.browser
def test_the_header_tells_the_title_once_the_heading_is_gone(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(demo_url + LAYOUTS["policy"])
    topics = page.locator(".md-header__topic")
    title = page.locator("h1").inner_text().replace("\n", "")
    assert topics.nth(0).evaluate("element => getComputedStyle(element).opacity") == "1"
    page.mouse.wheel(0, 1500)
    until(page, "getComputedStyle(document.querySelectorAll('.md-header__topic')[1]).opacity === '1'")
    assert topics.nth(1).inner_text().startswith(title[:6])
    page.evaluate("scrollTo(0, 0)")
    until(page, "getComputedStyle(document.querySelectorAll('.md-header__topic')[0]).opacity === '1'")
    page.close()


@pytest.mark.browser
def test_the_contents_follow_the_reader_on_a_wide_screen(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(demo_url + LAYOUTS["policy"])
    link = page.locator(".md-nav--secondary a", has_text="支持标准")
    link.click()
    until(page, "document.querySelector('.md-nav__link--active')?.innerText.trim() === '支持标准'")
    assert page.locator(".md-nav--secondary .md-nav__link--active").count() == 1
    passed = page.locator(".md-nav__link--passed").all_inner_texts()
    assert passed[0] == "谁能享受"
    assert passed[-1] == "支持标准"
    box = page.locator(".md-sidebar--secondary").bounding_box()
    assert box
    assert box["y"] >= 40, "it stays below the header"
    page.evaluate("scrollTo(0, 0)")
    until(page, "!document.querySelector('.md-nav__link--active')")
    page.close()


@pytest.mark.browser
def test_a_long_table_of_contents_scrolls_in_its_own_frame(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 360})
    page.goto(demo_url + LAYOUTS["policy"])
    last = page.locator(".md-nav--secondary a").last
    page.locator(f"[id='{(last.get_attribute('href') or '')[1:]}']").scroll_into_view_if_needed()
    page.mouse.wheel(0, 5000)
    until(page, "document.querySelector('.md-sidebar--secondary .md-sidebar__scrollwrap').scrollTop > 0")
    box = last.bounding_box()
    assert box
    assert 0 < box["y"] < 360, "the place that is read can be seen"
    page.close()


@pytest.mark.browser
def test_the_way_back_to_the_top_is_offered_to_who_turns_round(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(demo_url + LAYOUTS["policy"])
    up = page.get_by_role("button", name="回到页面顶部")
    assert not up.is_visible()
    page.mouse.wheel(0, 2000)
    until(page, "scrollY > 1500")
    assert not up.is_visible()
    page.mouse.wheel(0, -200)
    up.click()
    until(page, "scrollY === 0")
    assert page.evaluate("document.activeElement.closest('.md-header') !== null"), "the focus goes along"
    until(page, "document.querySelector('.md-top').hidden")
    page.close()


@pytest.mark.browser
def test_what_is_folded_is_printed(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(demo_url + LAYOUTS["policy"])
    answer = page.locator(".faq__answer").first
    assert not answer.is_visible()
    page.emulate_media(media="print")
    answer.wait_for(state="visible")
    page.emulate_media(media="screen")
    answer.wait_for(state="hidden")
    page.close()


@pytest.mark.browser
def test_the_page_behind_an_open_menu_stays_where_it_is(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(demo_url + LAYOUTS["policy"])
    page.get_by_role("button", name="菜单").click()
    page.mouse.move(380, 400)
    page.mouse.wheel(0, 600)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Escape")
    page.mouse.wheel(0, 600)
    until(page, "scrollY > 0")
    page.close()


@pytest.mark.browser
def test_the_header_s_tools_have_their_places_before_they_have_come(demo: Project, demo_url: str, browser: Browser) -> None:
    """A page that comes in pieces is painted in pieces: what is there already is not pushed aside by what comes."""
    whole = (demo.out / LAYOUTS["policy"] / "index.html").read_text(encoding="utf-8")
    places = {}
    for name, text in (("early", whole[: whole.index('<button type="button" class="elder-switch"')]), ("whole", whole)):
        for size in (PHONE, DESK):
            page = browser.new_page(viewport=size)
            page.route(f"**/{LAYOUTS['policy']}", _answer(text))
            page.goto(demo_url + LAYOUTS["policy"])
            found = page.locator(".search-open:visible, .md-search__form:visible").first.bounding_box()
            places[name, size["width"]] = found
            page.close()
    assert places["early", 390] == places["whole", 390]
    assert places["early", 1280] == places["whole", 1280]


def _answer(text: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=text, content_type="text/html")


@pytest.mark.browser
def test_without_javascript_there_is_a_way_to_search(demo_url: str, browser: Browser) -> None:
    for size in (PHONE, DESK):
        context = browser.new_context(viewport=size, java_script_enabled=False)
        page = context.new_page()
        page.goto(demo_url)
        assert not page.locator("[data-scheme-switch], [data-elder-switch]").first.is_visible()
        page.locator(".search-open").click()
        page.wait_for_url("**/search/")
        context.close()


@pytest.mark.browser
def test_a_site_with_one_scheme_keeps_it(project: Project, browser: Browser) -> None:
    from tests.host import served

    project.edit("mkdocs.yml", "features: [navigation.tabs]", "features: [navigation.tabs]\n  palette: {scheme: slate, primary: custom, accent: custom}")
    project.news("a").build()
    page = browser.new_page(color_scheme="light")
    with served(project.out) as url:
        page.goto(url)
        assert page.evaluate("document.documentElement.dataset.mdColorScheme") == "slate"
        assert page.locator("[data-scheme-switch]").count() == 0
    page.close()
