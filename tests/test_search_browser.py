"""Search in a real browser: the box, the page, what they fetch, what they say, and that they find what Python finds."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from bench import formats
from bench.corpus import Corpus
from tests.host import served
from tests.pages import opened
from tests.project import Project
from tests.search_files import SearchFiles, samples

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: What a query of four characters may fetch, and how long it may take on the machine itself; the second leaves room for a busy one.
MOST_BYTES, MOST_SECONDS = 80_000, 0.15
BUSY = 4

SYNONYMS = "同义词:\n  - 词: [补贴, 补助, 奖补]\n  - 词: [个体户, 个体工商户]\n"
ASK = """async (queries) => {
  const { Search } = await import(new URL('assets/search-index.js', document.baseURI));
  const search = new Search(new URL('search/', document.baseURI));
  const found = [];
  for (const query of queries) {
    const { hits } = await search.find(query);
    const records = await Promise.all(hits.map((hit) => search.record(hit)));
    found.push(records.map((record) => record.url));
  }
  return found;
}"""


def until(page: Page, script: str, arg: Any = None) -> None:
    """Wait for something to be true; by the debugger, for the pages' own policy on scripts lets no test evaluate."""
    end = perf_counter() + 30
    while not page.evaluate(script, arg):
        assert perf_counter() < end, script
        page.wait_for_timeout(20)


def ask(page: Page, *queries: str) -> list[list[str]]:
    """What the index answers, best first."""
    found: list[list[str]] = page.evaluate(f"(queries) => ({ASK})(JSON.parse(queries))", json.dumps(queries))
    return found


@pytest.fixture
def answers(project: Project, browser: Browser) -> Iterator[Callable[..., list[list[str]]]]:
    """Build the project, then ask it: addresses without folder."""
    with browser.new_page() as page:

        def build_and_ask(*queries: str) -> list[list[str]]:
            project.build()
            with served(project.out) as url:
                page.goto(url)
                return [[address.strip("/").rpartition("/")[2] for address in found] for found in ask(page, *queries)]

        yield build_and_ask


def test_titles_come_before_summaries_before_texts_live_before_over_new_before_old(project: Project, answers: Callable[..., list[list[str]]]) -> None:
    project.news("text-new", body="讲税收优惠。", 发布时间="2026-11-21").news("text-old", body="讲税收优惠。", 发布时间="2025-01-01")
    project.news("text-over", body="讲税收优惠。", 发布时间="2026-11-22", 有效期至="2026-11-22")
    project.news("summary", 摘要="税收优惠的摘要", 发布时间="2024-01-01").news("title", 标题="税收优惠一览", 发布时间="2023-01-01")
    project.news("title-over", 标题="又讲税收优惠", 发布时间="2026-11-20", 有效期至="2026-11-21").news("other", body="讲税收。")
    assert answers("税收优惠") == [["title", "title-over", "summary", "text-new", "text-old", "text-over"]]


def test_words_with_spaces_mean_all_of_them_and_synonyms_come_after_the_word(project: Project, answers: Callable[..., list[list[str]]]) -> None:
    project.write("content/taxonomy/synonyms.yml", SYNONYMS)
    project.news("both", body="税收。补贴。", 发布时间="2026-01-01").news("one", body="补贴。", 发布时间="2026-01-02").news(
        "two", body="税收。", 发布时间="2026-01-03"
    )
    project.news("same", 标题="奖补办法", 发布时间="2026-01-04").news("trader", body="个体工商户登记。", 发布时间="2026-01-05")
    assert answers("税收 补贴", "补贴", "稳岗补助", "个体户登记", "没有这样的话", "", "，。") == [["both"], ["one", "both", "same"], [], ["trader"], [], [], []]


def test_traditional_widths_and_brackets_find_the_same(project: Project, answers: Callable[..., list[list[str]]]) -> None:
    project.news("a", 标题="人社部发〔2026〕39号", body="5G 专网与稳岗补贴。").news("b", body="補貼說明")
    found = answers("人社部发[2026]39号", "人社部发（２０２６）39号", "人社部發〔2026〕39號", "39号", "５Ｇ专网", "5g專網", "G 专", "補貼", "补贴", "026")
    assert found == [["a"]] * 7 + [["b", "a"], ["b", "a"], ["a"]]


def test_a_browser_finds_what_python_finds(demo: Project, demo_url: str, browser: Browser) -> None:
    files = SearchFiles(demo.out)
    dice = random.Random(6)
    queries = [query for record in files.records.values() for query in samples(f"{record.title}，{record.text}", dice, 2)]
    with opened(browser, demo_url) as page:
        for query, found in zip(queries, ask(page, *queries), strict=True):
            assert set(found) >= files.containing(query), query
            assert len(found) == len(set(found))


def test_nothing_is_fetched_before_the_box_is_opened(demo_url: str, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demo_url, wait_until="networkidle")
    assert [url for url in asked if "/search/" in url or "search-index" in url or "workers" in url or "search_index" in url] == []
    asked.clear()
    page.keyboard.press("/")
    until(page, "performance.getEntriesByName(new URL('search/contents.json', document.baseURI)).length")
    assert [url for url in asked if "terms" in url or "texts" in url or "worker" in url] == []
    page.close()


@pytest.mark.parametrize("key", ["f", "s", "/"])
def test_the_box_works_by_keyboard(demo_url: str, browser: Browser, key: str) -> None:
    with opened(browser, f"{demo_url}policies/zc-2026-10/") as page:
        page.keyboard.press(key)
        page.keyboard.type("5G专网")
        until(page, "document.querySelector('[data-search-box] mark')?.textContent === '5G专网'")  # a slow typist is answered after 5G, too
        assert page.locator("#search-told").text_content() == "找到6条"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement === document.querySelector('[data-search-box] ol a')")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("Escape")
        assert page.evaluate("document.getElementById('__search').checked") is False
        page.keyboard.press(key)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/gx-2026-001-zhuanwang/")


def test_results_that_come_under_the_focus_give_it_back_to_the_box(demo_url: str, browser: Browser) -> None:
    """A reader of a slow phone may walk into the answer of half a word while the rest of it is still asked for."""
    with opened(browser, demo_url) as page:
        page.keyboard.press("/")
        page.keyboard.type("5G")
        page.locator("[data-search-box] ol a").first.wait_for()
        page.evaluate("""() => {
          const box = document.querySelector("[data-search-box]");
          box.querySelector("input").value = "5G专网";
          box.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
          box.querySelector("ol a").focus();
        }""")
        until(page, "document.querySelector('[data-search-box] mark')?.textContent === '5G专网'")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement === document.querySelector('[data-search-box] ol a')")


def test_on_a_phone_the_box_fills_the_screen_and_leads_to_the_page(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}404-nowhere/../news/", width=390) as page:
        page.click("[data-search-open]")
        page.keyboard.type("税")
        page.locator("[data-search-all]").click()
        page.wait_for_url("**/search/?q=*")
        page.locator("[data-search-found] li").first.wait_for()
        assert page.input_value("#search-words") == "税"


def test_the_page_filters_counts_and_can_be_shared(demo: Project, demo_url: str, browser: Browser) -> None:
    files = SearchFiles(demo.out)
    wanted = [record for record in files.records.values() if record.url in files.containing("税")]
    policies = [record for record in wanted if record.kind == "policy"]
    with opened(browser, f"{demo_url}search/?q=税") as page:
        page.locator("[data-search-found] li").first.wait_for()
        assert page.inner_text("[data-search-told]") == f"找到{len(wanted)}条"
        assert f"政策解读（{len(policies)}）" in page.inner_text("select[name=kind]")
        page.select_option("select[name=kind]", "policy")
        until(page, "document.querySelector('[data-search-told]').textContent.includes('不筛选')")
        assert page.inner_text("[data-search-told]").startswith(f"找到{len(policies)}条")
        assert set(page.locator("[data-search-found] .card__kind").all_inner_texts()) == {"政策解读"}
        shared = page.url
        assert shared.endswith("kind=policy")
    with opened(browser, shared) as page:
        page.locator("[data-search-found] li").first.wait_for()
        assert page.input_value("select[name=kind]") == "policy"
        assert page.inner_text("[data-search-told]").startswith(f"找到{len(policies)}条")
        page.fill("#search-words", "根本没有的词")
        page.locator("[data-search-none]").wait_for()
        assert "没有找到" in page.inner_text("[data-search-told]")
        assert page.locator("[data-search-none] a").count() >= 9


def test_twenty_results_then_more(project: Project, browser: Browser) -> None:
    for number in range(47):
        project.news(f"n{number}", body="都讲税收。", 发布时间=f"2026-{1 + number % 11:02d}-02")
    project.build()
    with served(project.out) as url, opened(browser, f"{url}search/?q=税收") as page:
        for wanted in (20, 40, 47):
            until(
                page,
                "(count) => { scrollTo(0, document.body.scrollHeight); return document.querySelectorAll('[data-search-found] li').length === count; }",
                arg=wanted,
            )
            if wanted < 47:
                page.locator("[data-search-more]").click()
        assert not page.locator("[data-search-more]").is_visible()


def test_hostile_words_are_shown_as_words(project: Project, browser: Browser) -> None:
    project.news("a", 标题="'<img src=x onerror=\"window.hit=1\">税收'", 摘要="'<b>税收</b>&amp;'", body="税收😀 `<script>hit=1</script>`").build()
    with served(project.out) as url, opened(browser, f"{url}search/?q=税收&kind=%3Cscript%3E&q2=x") as page:
        until(page, "document.querySelector('[data-search-told]').textContent.includes('没有找到')")
        page.locator("[data-search-unfilter] button").click()
        page.locator("[data-search-found] li").first.wait_for()
        assert page.inner_text("[data-search-found] h2") == '<img src=x onerror="window.hit=1">税收'
        assert "<b>税收</b>&amp;" in page.inner_text("[data-search-found]")
        for query in ("<script>", "😀", "\\", "'\"", "%", "税" * 80):
            page.fill("#search-words", query)
            page.wait_for_timeout(260)
        assert page.evaluate("window.hit") is None
    with served(project.out) as url, opened(browser, url) as page:
        assert ask(page, "\ud800", "a" * 500, "<img", "amp") == [[], [], ["news/a/"], ["news/a/"]]


def test_without_javascript_kinds_and_tags_are_a_link_away(demo_url: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(demo_url)
    page.click("[data-search-open]")
    assert page.url == f"{demo_url}search/"
    assert page.locator("noscript a, .search-page ul a").count() >= 8
    context.close()


def test_a_lost_connection_is_told(demo_url: str, browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/terms-*.bin", lambda route: route.abort())
    page.goto(f"{demo_url}search/?q=税")
    until(page, "document.querySelector('[data-search-told]').textContent.includes('没有连上')")
    page.close()


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A thousand entries of the benchmark."""
    project = Project(tmp_path_factory.mktemp("thousand"))
    corpus = Corpus(1_000)
    for number in range(corpus.size):
        path, text = formats.ours(corpus.entry(number))
        project.write(f"content/{path}", text)
    return project.write("content/taxonomy/tags.yml", formats.our_tags()).build()


def measure(page: Page, url: str, query: str) -> tuple[int, float]:
    """Bytes of the index that a query in a fresh box fetches, and how long its answer takes."""
    fetched: list[int] = []
    page.goto(url)
    page.keyboard.press("/")
    until(page, "performance.getEntriesByName(new URL('search/contents.json', document.baseURI)).length")
    page.wait_for_timeout(100)

    def note(response: Any) -> None:
        if "/search/" in response.url:
            fetched.append(len(response.body()))

    page.on("response", note)
    started = perf_counter()
    script = """async (query) => {
      const { Search, Results } = await import(new URL('assets/search-index.js', document.baseURI));
      const search = new Search(new URL('search/', document.baseURI));
      const { words, hits } = await search.find(query);
      return (await new Results(search, words, hits).next(6)).length; }"""
    assert page.evaluate(script, query) > 0
    seconds = perf_counter() - started
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", note)
    return sum(fetched), seconds


def test_a_query_of_four_characters_is_small_and_quick(thousand: Project, browser: Browser) -> None:
    files = SearchFiles(thousand.out)
    dice = random.Random(7)
    texts = [dice.choice(list(files.texts.values())) for _ in range(12)]
    queries = [run[:4] for text in texts for run in [max(text.split("\n"), key=len)]]
    with served(thousand.out) as url, browser.new_page() as page:
        found = [measure(page, url, query) for query in queries]
    assert max(size for size, _ in found) <= MOST_BYTES
    assert sorted(seconds for _, seconds in found)[len(found) // 2] <= MOST_SECONDS * BUSY


def test_the_folder_of_the_demo_is_all_that_the_browser_asks(demo: Project) -> None:
    names = {path.name.rstrip("0123456789").split("-")[0].split(".")[0] for path in Path(demo.out / "search").rglob("*") if path.is_file()}
    assert names == {"terms", "texts", "labels", "contents", "traditional", "index"}
