"""The finders of policies and listings in a real browser: facets against a plain evaluation of the content, counts, addresses, words, files."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from publisher.configuration import load_settings
from publisher.content.codes import industries
from publisher.content.library import Entry, load_library
from publisher.content.model.kinds import Listing, Policy
from publisher.content.model.vocabulary import Kind, TaxpayerType
from publisher.lifecycle import Status, deadline, status
from publisher.site.heads import show_end
from tests.host import served
from tests.pages import opened
from tests.project import AS_OF, Project, _time
from tests.test_build import POLICY_TAIL, pages, three

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TODAY = "2026-11-23"
RESTAURANT = "policies/?industry=62&size=small&size=micro&status=live&sort=deadline"
#: Asks the pure part of the finder: filters in; addresses left, counts by facet and value, and the facet to drop out.
ASK = """async ([file, filters, day]) => {
  const { Finder } = await import(new URL('assets/finder-filter.js', document.baseURI));
  const data = await (await fetch(new URL(file, document.baseURI))).json();
  const finder = new Finder(data, day);
  return filters.map((search) => {
    const filter = finder.read(search);
    const result = finder.find(filter);
    const best = finder.best(filter, result);
    return {
      urls: result.hits.map((hit) => hit.url), sentence: finder.sentence(filter, result.hits.length), address: finder.write(filter),
      best: best && [best.facet.name, best.count],
      without: Object.fromEntries(finder.facets.map((facet, at) => [facet.name, result.without[at]])),
      counts: Object.fromEntries(finder.facets.map((facet, at) => {
        return [facet.name, Object.fromEntries(facet.values.map(([value], place) => [value, result.counts[at][place]]))];
      })),
    };
  });
}"""


def ask(page: Page, kind: Kind, filters: list[str], day: str = TODAY) -> list[dict[str, Any]]:
    """What the finder answers to filters written as addresses."""
    found: list[dict[str, Any]] = page.evaluate(ASK, [f"{kind.folder}/finder.json", filters, day])
    return found


# What the finder should find, from the content itself.


def meets(entry: Entry, as_of: datetime, demo: Project) -> dict[str, set[str]]:
    """Every value of every facet that an entry meets."""
    data = entry.data
    now = status(entry, as_of, load_settings(demo.root)[0].closing_days)
    found = {"status": {now.value} | ({"live"} if now is Status.CLOSING else set())}
    if isinstance(data, Policy):
        to = data.audience
        every = {"size": ("large", "medium", "small", "micro"), "taxpayer": ("general", "small-scale")}
        found["subject"] = {term.value for term in to.subjects} or _all_subjects()
        found["size"] = {term.value for term in to.sizes} or set(every["size"])
        found["taxpayer"] = {term.value for term in to.taxpayers if term is not TaxpayerType.UNKNOWN} or set(every["taxpayer"])
        found["support"] = {term.value for term in data.supports}
        found["channel"] = {term.value for term in data.channels}
        found["industry"] = _industries(to.industries, to.excluded_industries)
        found["due"] = _due(data, deadline(entry, as_of), now)
    if isinstance(data, Listing):
        found |= {"type": {data.type.value}, "field": {data.field.value}, "cooperation": {term.value for term in data.cooperation}}
        found |= {"industry": _industries(data.industries, ()), "district": set(data.districts)}
    return found


def _all_subjects() -> set[str]:
    return {"enterprise", "sole-trader", "cooperative", "private-non-enterprise", "institution", "project", "natural-person"}


def _industries(named: tuple[str, ...], excluded: tuple[str, ...]) -> set[str]:
    """Divisions one by one; a section when one of its divisions is met."""
    found = set()
    for one in industries().values():
        if one.is_section:
            continue
        is_named = not named or any(code in (one.section, one.code) or code[:2] == one.code for code in named)
        if is_named and one.code not in excluded and one.section not in excluded:
            found |= {one.code, one.section}
    return found


def _due(data: Policy, end: datetime | None, now: Status) -> set[str]:
    if not now.is_live:
        return set()
    if end is None:
        return {data.validity} if isinstance(data.validity, str) else set()
    days = (date.fromisoformat(show_end(end)[:10]) - date.fromisoformat(TODAY)).days
    return {"30", "90"} if days <= 30 else {"90"} if days <= 90 else {"later"}


def content(demo: Project, kind: Kind) -> dict[str, dict[str, set[str]]]:
    """By address what each entry that the list shows meets."""
    as_of = _time(AS_OF)
    entries = load_library(load_settings(demo.root)[0])[0].of_kind(kind)
    found = {entry.url: meets(entry, as_of, demo) for entry in entries}
    hidden = {"draft", "scheduled", "withdrawn"} | ({"expired"} if kind is Kind.LISTING else set())
    return {url: facets for url, facets in found.items() if not facets["status"] & hidden}


def values_of(demo: Project, kind: Kind) -> dict[str, list[str]]:
    """The values of each facet that any entry meets, and some that none does."""
    found: dict[str, list[str]] = {}
    for facet in json.loads(demo.read(f"{kind.folder}/finder.json"))["facets"]:
        found[facet["name"]] = ["62", "52", "H", "F", "16", "63", "99"] if facet["name"] == "industry" else [value for value, _ in facet["values"]]
        if facet["name"] == "industry":
            found["industry"] = [code for code in found["industry"] if code in industries()]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("kind", [Kind.POLICY, Kind.LISTING])
def test_every_pair_of_values_finds_what_a_plain_evaluation_finds(demo: Project, demo_url: str, browser: Browser, kind: Kind) -> None:
    entries, values = content(demo, kind), values_of(demo, kind)
    singles = [(facet, value) for facet, several in values.items() for value in several]
    pairs = [pair for pair in combinations(singles, 2) if pair[0][0] != pair[1][0] or pair[0][0] not in ("industry", "due")]
    assert len(entries) >= 14
    assert len(pairs) > 300
    with opened(browser, demo_url) as page:
        answers = ask(page, kind, ["", *("?" + "&".join(f"{facet}={value}" for facet, value in pair) for pair in pairs)])
    assert set(answers[0]["urls"]) == set(entries)
    empty = 0
    for pair, answer in zip(pairs, answers[1:], strict=True):
        chosen: dict[str, set[str]] = {}
        for facet, value in pair:
            chosen.setdefault(facet, set()).add(value)
        assert set(answer["urls"]) == {url for url, met in entries.items() if _passes(met, chosen)}, pair
        _check_counts(entries, values, chosen, answer)
        empty += not answer["urls"]
    assert 0 < empty < len(pairs)


def _passes(met: dict[str, set[str]], chosen: dict[str, set[str]]) -> bool:
    return all(met[facet] & wanted for facet, wanted in chosen.items())


def _check_counts(entries: dict[str, dict[str, set[str]]], values: dict[str, list[str]], chosen: dict[str, set[str]], answer: dict[str, Any]) -> None:
    """The number beside each value, and which facet to drop when nothing is left."""
    without = {}
    for facet, several in values.items():
        others = {name: wanted for name, wanted in chosen.items() if name != facet}
        left = [met for met in entries.values() if _passes(met, others)]
        without[facet] = len(left)
        for value in several:
            assert answer["counts"][facet][value] == sum(value in met[facet] for met in left), (chosen, facet, value)
    assert answer["without"] == without
    most = max(without[facet] for facet in chosen)
    assert answer["best"] == ([next(f for f in values if f in chosen and without[f] == most), most] if most else None)


@pytest.mark.browser
def test_the_day_of_the_reader_decides_what_closes_soon(demo_url: str, browser: Browser) -> None:
    with opened(browser, demo_url) as page:
        for day, near, wide in (("2026-11-23", 0, 1), ("2026-12-01", 1, 1), ("2026-12-31", 1, 2), ("2027-01-01", 0, 1)):
            found = ask(page, Kind.POLICY, ["?due=30", "?due=90"], day)
            assert [len(answer["urls"]) for answer in found] == [near, wide], day


@pytest.mark.browser
def test_sorted_by_deadline_what_is_over_comes_last(demo: Project, demo_url: str, browser: Browser) -> None:
    with opened(browser, demo_url) as page:
        newest, by_end = ask(page, Kind.POLICY, ["", "?sort=deadline"])
    rows = {f"policies/{row[0]}/": row for row in json.loads(demo.read("policies/finder.json"))["rows"]}
    assert newest["urls"] == list(rows)
    states = json.loads(demo.read("policies/finder.json"))["states"]
    live = [url for url in by_end["urls"] if states[rows[url][4]][2]]
    assert by_end["urls"][: len(live)] == live
    ends = [rows[url][3] for url in live if rows[url][3]]
    assert ends == sorted(ends)
    assert len(ends) >= 4
    assert sorted(by_end["urls"]) == sorted(newest["urls"])


@pytest.mark.browser
def test_an_address_comes_back_as_it_was_and_what_is_unknown_is_left_out(demo_url: str, browser: Browser) -> None:
    with opened(browser, demo_url) as page:
        written = "?subject=sole-trader&industry=62&size=small&size=micro&status=live&sort=deadline"
        odd = "?size=micro&industry=62&industry=52&due=never&size=%3Cb%3E&utm=1&status=live&sort=x&subject="
        found = ask(page, Kind.POLICY, [written, odd, ""])
    assert [answer["address"] for answer in found] == [written, "?industry=52&size=micro&status=live", ""]
    assert found[0]["sentence"] == f"共{len(found[0]['urls'])}条：适用于个体工商户、餐饮业、小型或微型企业，现行有效，按截止日期从近到远"
    assert found[2]["sentence"] == "共14条：按发布日期从新到旧"


# The page.


def told(page: Page) -> str:
    """The sentence, once results are there."""
    page.locator("[data-finder-told]", has_text=re.compile("^共")).wait_for()
    return page.inner_text("[data-finder-told]")


def arrive(page: Page, end: str) -> None:
    """Wait until the address ends so: the browser tells of a new one a moment after it is there."""
    page.wait_for_url(lambda url: url.endswith(end))


def shown(page: Page) -> list[str]:
    return [str(link.get_attribute("href")).rstrip("/").rpartition("/")[2] for link in page.locator("[data-finder-list] .card a").all()]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_home_page_a_small_restaurant_finds_its_policies_in_two_steps(demo: Project, demo_url: str, browser: Browser, width: int) -> None:
    with opened(browser, demo_url, width) as page:
        page.click("text=餐饮小店今年能用哪些政策")
        arrive(page, RESTAURANT)
        assert told(page) == "共12条：适用于餐饮业、小型或微型企业，现行有效，按截止日期从近到远"
        found = shown(page)
        expected = content(demo, Kind.POLICY)
        assert {f"policies/{name}/" for name in found} == {
            url for url, met in expected.items() if "62" in met["industry"] and met["size"] & {"small", "micro"} and "live" in met["status"]
        }
        assert "zc-2023-7" not in found  # its text leaves restaurants out
        assert "zc-2023-19" not in found  # it was replaced
        assert found[0] == "zc-wengang-2026"  # it ends with the year
        page.locator("[data-finder-list] .card a").first.click()
        arrive(page, "policies/zc-wengang-2026/")
        page.go_back()
        assert told(page).startswith("共12条")


@pytest.mark.browser
@pytest.mark.parametrize("address", ["policies/?industry=62&size=micro", "policies/?status=closing", "matchmaking/?type=demand"])
def test_addresses_that_were_once_given_work(demo_url: str, browser: Browser, address: str) -> None:
    with opened(browser, demo_url + address) as page:
        assert int(told(page)[1:].partition("条")[0]) == len(shown(page)) > 0


@pytest.mark.browser
def test_the_asks_of_the_home_page_find_something(demo_url: str, browser: Browser) -> None:
    with opened(browser, demo_url) as page:
        asked = [str(link.get_attribute("href")) for link in page.locator(".asks a").all() if "?" in str(link.get_attribute("href"))]
        assert len(asked) >= 3
        for href in asked:
            page.goto(demo_url + href)
            told(page)
            assert shown(page)


@pytest.mark.browser
def test_nothing_is_fetched_until_the_box_is_opened_and_the_list_stands_until_something_is_chosen(demo_url: str, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{demo_url}policies/", wait_until="networkidle")
    assert [url for url in asked if "finder.json" in url] == []
    page.click(".finder__box summary")
    assert told(page) == "共14条：按发布日期从新到旧"
    assert page.is_visible("[data-finder-static]")
    page.click("label:has(input[value='sole-trader'])")
    assert page.is_hidden("[data-finder-static]")
    assert len([url for url in asked if "finder.json" in url]) == 1
    page.close()


@pytest.mark.browser
def test_choices_stand_in_the_address_and_back_undoes_them(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}policies/") as page:
        page.click(".finder__box summary")
        told(page)
        page.check("input[name=subject][value=sole-trader]")
        page.select_option("select[name=industry]", "62")
        page.select_option("select[name=sort]", "deadline")
        arrive(page, "policies/?subject=sole-trader&industry=62&sort=deadline")
        page.select_option("select[name=sort]", "newest")
        page.check("input[name=due][value='long-term']")
        arrive(page, "policies/?subject=sole-trader&industry=62&due=long-term")
        last = told(page)
        assert "适用于个体工商户、餐饮业，长期有效" in last
        page.go_back()
        arrive(page, "policies/?subject=sole-trader&industry=62")
        assert not page.is_checked("input[name=due][value='long-term']")
        page.go_forward()
        assert told(page) == last
        assert page.is_checked("input[name=due][value='long-term']")
        for _ in range(5):
            page.go_back()
        page.locator("[data-finder-static]").wait_for()
        arrive(page, "policies/")
        page.goto(f"{demo_url}policies/?subject=sole-trader&industry=62&due=long-term")
        assert told(page) == last
        page.click("text=清除筛选")
        arrive(page, "policies/")


@pytest.mark.browser
def test_a_value_that_leads_to_nothing_says_0_and_cannot_be_chosen(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}policies/?support=grant") as page:
        told(page)
        page.click(".finder__box summary")
        lost = page.locator("label:has(input[name=channel][value=automatic])")
        assert lost.is_visible()
        assert lost.inner_text().split() == ["免申即享", "0条"]
        assert lost.locator("input").is_disabled()
        assert page.locator("label:has(input[name=channel][value=window])").inner_text().split() == ["窗口申请", "1条"]
        assert page.is_enabled("input[name=support][value=tax]")
        assert page.locator("select[name=industry] option[value='62']").inner_text() == "餐饮业（1）"
        assert page.locator("select[name=industry] option[value='51']").is_disabled()


@pytest.mark.browser
def test_when_nothing_is_left_the_page_names_the_condition_to_drop(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}policies/?subject=sole-trader&support=grant&channel=automatic") as page:
        assert told(page).startswith("共0条：")
        assert page.inner_text("[data-finder-none] p") == "没有同时符合这些条件的。去掉“支持方式：财政补助”，就有1条。"
        page.click("[data-finder-none] button")
        arrive(page, "policies/?subject=sole-trader&channel=automatic")
        assert shown(page) == ["zc-yingshang-huanjing"]
        assert page.evaluate("document.activeElement.matches('[data-finder-told]')")
        page.goto(f"{demo_url}policies/?support=guarantee&due=30&status=repealed")
        told(page)
        assert page.inner_text("[data-finder-none] button") == "清除全部条件"


@pytest.mark.browser
def test_results_come_twenty_at_a_time_and_the_focus_goes_on(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}matchmaking/?sort=deadline") as page:
        total = int(told(page)[1:].partition("条")[0])
        assert len(shown(page)) == 20 < total
        page.click("[data-finder-more]")
        assert len(shown(page)) == total
        assert page.evaluate("[...document.querySelectorAll('[data-finder-list] a')].indexOf(document.activeElement)") == 20
        assert page.is_hidden("[data-finder-more]")


@pytest.mark.browser
def test_a_card_is_drawn_as_the_page_draws_it_but_for_the_summary(demo_url: str, browser: Browser) -> None:
    without = "(card) => (card.querySelector('.card__summary')?.remove(), card.outerHTML.replace(/\\s*\\n\\s*/g, ''))"
    words = f"(list) => [...list.querySelectorAll('.card')].map({without})"
    for address in ("policies/", "matchmaking/"):
        with opened(browser, f"{demo_url}{address}") as page:
            plain = '(html) => html.map((one) => one.replace(/href="[^"]*?([^/]+\\/)"/g, \'$1\').replace(/ class="(is-near|)"/g, \'\'))'
            written = page.evaluate(f"({plain})(({words})(document.querySelector('[data-finder-static] .cards')))")
            page.click(".finder__box summary")
            told(page)
            page.evaluate("history.replaceState(null, '', '?sort=deadline'); dispatchEvent(new PopStateEvent('popstate'))")
            page.locator("[data-finder-list] .card").first.wait_for()
            if page.is_visible("[data-finder-more]"):
                page.click("[data-finder-more]")
            drawn = page.evaluate(f"({plain})(({words})(document.querySelector('[data-finder-list]')))")
            assert set(written) <= set(drawn)
            assert len(written) >= 14


@pytest.mark.browser
def test_subscribing_leads_to_the_nearest_feeds_with_honest_words_and_fills_in_the_mail_form(demo: Project, demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}policies/?industry=62&size=micro") as page:
        told(page)
        links = [str(link.get_attribute("href")).removeprefix(demo_url) for link in page.locator("[data-finder-feeds] a").all()]
        assert links == ["policies/rss.xml", "industries/62/rss.xml", "subscribe/?kind=policy&industry=62"]
        assert all((demo.out / link.partition("?")[0]).exists() for link in links)
        words = page.inner_text("[data-finder-feeds] p")
        assert "比筛选多" in words
        assert "还不能按划型细分" in words
        page.goto(f"{demo_url}matchmaking/?district=610102&district=610103&type=demand")
        told(page)
        last = page.locator("[data-finder-feeds] a").last.get_attribute("href")
        assert last == f"{demo_url}subscribe/?kind=listing&district=610102&district=610103"
        page.goto(f"{demo_url}policies/")
        assert page.is_hidden("[data-finder-feeds]")


@pytest.mark.browser
def test_a_file_that_does_not_come_is_told_and_the_list_stands(demo_url: str, browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/finder.json", lambda route: route.abort())
    page.goto(f"{demo_url}{RESTAURANT}")
    page.locator("[data-finder-told]", has_text=re.compile("^筛选没有连上")).wait_for()
    assert page.is_visible("[data-finder-static]")
    page.unroute("**/finder.json")
    page.click(".finder__box summary") if page.get_attribute(".finder__box", "open") is None else page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    assert told(page).startswith("共12条")
    page.close()


@pytest.mark.browser
def test_without_javascript_the_list_stands_with_links_and_the_form_is_hidden(demo_url: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_url}{RESTAURANT}")
    assert page.locator("[data-finder-static] .card").count() == 14
    assert page.is_hidden("form.finder")
    assert page.is_hidden("[data-finder-found]")
    assert page.locator("[data-finder-static] a[href='../industries/']").is_visible()
    context.close()


@pytest.mark.browser
def test_by_keyboard_and_with_targets_of_44_pixels(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}policies/", 390) as page:
        page.focus(".finder__box summary")
        page.keyboard.press("Enter")
        told(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        arrive(page, "?subject=enterprise")
        assert page.evaluate("document.activeElement.value") == "enterprise"
        small = page.evaluate(
            "[...document.querySelectorAll('.finder summary, .finder label.finder__value, .finder select, .finder button, [data-finder-feeds] a')]"
            ".filter((one) => one.getBoundingClientRect().height < 43.9).map((one) => one.outerHTML)"
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# The files.


def policy(project: Project, name: str, extra: str = "", title: str = "", body: str = "正文。") -> Project:
    front = f"标题: {title or f'政策{name}'}\n发布时间: 2026-11-20\n摘要: 摘要\n{extra}{POLICY_TAIL}"
    return project.write(f"content/policies/{name}.md", f"---\n{front}---\n\n{body}\n")


def finder_of(project: Project, folder: str = "policies") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project.read(f"{folder}/finder.json"))
    return found


def test_a_body_edit_leaves_the_finder_as_it_is(project: Project) -> None:
    policy(policy(project, "a"), "b").build().edit("content/policies/a.md", "正文。", "新的正文。").build()
    assert "policies/finder.json" not in project.report.written
    assert "policies/a/index.html" in project.report.written


@pytest.mark.parametrize(
    ("old", "new", "pages_too"),
    [
        ("标题: 政策a", "标题: 改过的", {"policies/index.html", "index.html", "policies/b/index.html", "archive/2026/11/index.html"}),
        ("政策有效期至: 2026-12-31", "政策有效期至: 2026-12-30", {"policies/index.html", "index.html", "archive/2026/11/index.html"}),
        ("主体类型: [企业]", "主体类型: [个体工商户]", set()),
    ],
)
def test_what_the_finder_shows_rewrites_it(project: Project, old: str, new: str, pages_too: set[str]) -> None:
    policy(policy(project, "a"), "b").build().edit("content/policies/a.md", old, new).build()
    written = {path for path in pages(project) if path.endswith((".html", "finder.json"))}
    assert written == {"policies/a/index.html", "policies/finder.json"} | pages_too
    fresh = project.root / "fresh"
    project.build(out=fresh)
    assert project.files() == project.files(fresh)


def test_a_day_later_nothing_is_rewritten_and_at_the_deadline_it_is(project: Project) -> None:
    policy(project, "a").build("2026-11-23").build("2026-11-24")
    assert project.report.written == []
    assert finder_of(project)["states"] == [["closing", "即将截止", True]]
    project.build("2027-01-01")
    assert "policies/finder.json" in project.report.written
    assert finder_of(project)["states"] == [["expired", "期满失效", False]]


def test_news_do_not_touch_the_finder(project: Project) -> None:
    policy(three(project), "p").build().edit("content/news/a.md", "消息a", "改过的标题").build()
    assert "policies/finder.json" not in project.report.written


def test_nothing_internal_is_in_the_file(project: Project) -> None:
    policy(project, "a", "内部备注: 机密的备注\n一审: {人: 王审核, 时间: 2026-11-19}\n", body="机密的正文")
    policy(project, "draft", "状态: 草稿\n", title="机密的草稿")
    policy(project, "hidden", "可见范围: 内部\n", title="机密的条目")
    policy(project, "later", "", title="机密的将来").edit("content/policies/later.md", "发布时间: 2026-11-20", "发布时间: 2026-12-20")
    policy(project, "gone", "状态: 已撤回\n撤回: {时间: 2026-11-22 10:00, 说明: 取消}\n", title="撤回的")
    text = project.build().read("policies/finder.json")
    assert [row[0] for row in finder_of(project)["rows"]] == ["a"]
    assert "机密" not in text
    assert "王审核" not in text
    assert "撤回的" not in text


def test_the_demo_names_every_row_once_and_only_entries_that_have_a_page(demo: Project) -> None:
    for folder in ("policies", "matchmaking"):
        rows = finder_of(demo, folder)["rows"]
        assert len({row[0] for row in rows}) == len(rows)
        assert all((demo.out / folder / row[0] / "index.html").exists() for row in rows)


def test_a_kind_without_entries_has_a_page_without_a_finder(project: Project) -> None:
    project.news("a").build()
    assert "data-finder=" not in project.read("policies/index.html")
    assert finder_of(project)["rows"] == []


@pytest.mark.browser
def test_words_of_the_content_are_put_in_as_text(project: Project, browser: Browser) -> None:
    policy(project, "a", title="'<img src=x onerror=document.title=1>标题'").build()
    with served(project.out) as url, opened(browser, f"{url}policies/?status=live") as page:
        told(page)
        assert page.inner_text("[data-finder-list] .card__title") == "<img src=x onerror=document.title=1>标题"
        assert page.locator("[data-finder-list] img").count() == 0
