"""The self-check in a real browser: it judges as Python does, keeps answers to itself, and works by keyboard, by ear, on paper and without JavaScript."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from publisher.matching.rules import show_money
from publisher.matching.sizes import possible_sizes
from publisher.matching.verdict import add_months, judge_benefit
from tests.profiles import BENEFITS, TODAY, draw_profiles
from tests.project import Project
from tests.test_search_browser import opened, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: Gives its result as one text: piece by piece it would take minutes from the browser to the test.
JUDGE_ALL = """async ([benefits, profiles, today]) => {
  const { Judge } = await import(new URL('assets/policy-rules.js', document.baseURI));
  const data = await (await fetch('check/rules.json')).json();
  const judge = new Judge(data, today);
  return JSON.stringify(profiles.map((profile) => [judge.sizes(profile), ...benefits.map((benefit) => {
    const { answer, way, findings } = judge.benefit(benefit, profile);
    return [answer, way, findings.map(({ grade, told }) => [grade, told])];
  })]));
}"""
#: A small catering shop of the street.
SHOP = "subject=sole-trader&industry=62&staff=8&revenue=120&taxpayer=small-scale&district=610102&founded=2021-05-18"


def by_python(benefits: list[Any], profiles: list[dict[str, Any]]) -> list[Any]:
    """What Python makes of the same, as plain lists."""

    def judged(benefit: Any, profile: dict[str, Any]) -> list[Any]:
        answer, way, findings = judge_benefit(benefit, profile, TODAY)
        return [answer, way, [list(finding) for finding in findings]]

    return [[list(possible_sizes(profile)), *(judged(benefit, profile) for benefit in benefits)] for profile in profiles]


def test_the_browser_judges_as_python_does(demo: Project, demo_url: str, browser: Browser) -> None:
    """Six thousand profiles through every rule of the demo and of `tests.profiles`: sizes, answers, ways, grades and words."""
    data = json.loads(demo.read("check/rules.json"))
    benefits = BENEFITS + [benefit for policy in data["policies"] for benefit in policy["benefits"]]
    profiles = list(draw_profiles(6000))
    page = browser.new_page()
    page.goto(demo_url)
    theirs = json.loads(page.evaluate(JUDGE_ALL, [benefits, profiles, TODAY]))
    page.close()
    ours = by_python(benefits, profiles)
    assert len(theirs) == 6000
    for profile, one, other in zip(profiles, ours, theirs, strict=True):
        assert one == other, profile
    answers = {benefit[0] for row in ours for benefit in row[1:]}
    grades = {finding[0] for row in ours for benefit in row[1:] for finding in benefit[2]}
    assert answers == {"maybe", "near", "no"}
    assert grades == {"met", "unknown", "near", "unmet"}


def test_numbers_and_days_are_the_same_in_both(demo_url: str, browser: Browser) -> None:
    days = [(day, months) for day in ("2024-02-29", "2025-12-31", "2023-01-30", "2000-02-29", "1900-01-31", "2026-11-23") for months in range(50)]
    yuan = [0, 1, 10, 100, 9999, 10_000, 12_345, 1_230_000, 5_000_000, 99_999_999_990_000]
    script = """async ([days, yuan, texts]) => {
      const { addMonths, showMoney, readMoney } = await import(new URL('assets/policy-rules.js', document.baseURI));
      return [days.map(([day, months]) => addMonths(day, months)), yuan.map(showMoney), texts.map((text) => readMoney(text) ?? null)];
    }"""
    texts = ["120", "0.5", " 12.3456 ", "12.34567", "-1", "1e3", "", "十", "1,000"]
    page = browser.new_page()
    page.goto(demo_url)
    later, shown, read = page.evaluate(script, [days, yuan, texts])
    page.close()
    assert later == [add_months(day, months) for day, months in days]
    assert shown == [show_money(one) for one in yuan]
    assert read == [1_200_000, 5_000, 123_456, None, None, None, None, None, None]


def told(page: Page) -> str:
    page.locator("[data-check-told]").wait_for()
    until(page, "document.querySelector('[data-check-told]').textContent.includes('项')")
    return page.locator("[data-check-told]").inner_text()


def test_two_clicks_from_home_answer_the_question(demo_url: str, browser: Browser) -> None:
    with opened(browser, demo_url) as page:
        page.get_by_role("link", name="我的店能用上哪些，差在哪里").click()
        page.get_by_text("个体工商户", exact=True).first.click()
        assert "可能适用" in told(page)
        assert "个体工商户个人所得税减半" in page.locator(".check__group--maybe").inner_text()
        no = page.locator(".check__group--no").inner_text()
        assert "企业年度报告公示" in no
        assert "您填的是个体工商户" in no


def test_answers_stay_in_the_browser_and_in_the_fragment(demo_url: str, browser: Browser) -> None:
    asked: list[str] = []
    with opened(browser, f"{demo_url}check/") as page:
        page.wait_for_load_state("networkidle")
        before = page.evaluate("[document.cookie, sessionStorage.length, JSON.stringify(localStorage)]")
        page.on("request", lambda request: asked.append(request.url) if not request.url.endswith("favicon.svg") else None)  # Chromium's own
        page.get_by_role("radio", name="个体工商户").check()
        page.get_by_label("从业人数").fill("8")
        page.get_by_label("行业（GB/T 4754-2017）").select_option("62")
        told(page)
        parts = urlsplit(page.url)
        assert (parts.query, parts.fragment) == ("", "subject=sole-trader&industry=62&staff=8")
        assert asked == []
        assert page.evaluate("[document.cookie, sessionStorage.length, JSON.stringify(localStorage)]") == before
        page.reload()
        told(page)
        assert page.get_by_role("radio", name="个体工商户").is_checked()
        assert page.get_by_label("从业人数").input_value() == "8"


def test_the_result_says_what_why_how_until_when_and_quotes(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/#{SHOP}") as page:
        assert told(page).startswith("可能适用")
        shown = page.locator(".check__group--maybe").inner_text()
        page.get_by_role("button", name="看结果").click()
        assert page.evaluate("document.activeElement.id") == "result"
        for words in ("个体工商户个人所得税减半", "年应纳税所得额不超过200万元的部分", "自行申报享受", "到2027-12-31为止", "第一条：（要点）"):
            assert words in shown
        assert "按您填的数是小型" not in page.locator("[data-check-sizes]").inner_text(), "eight people make it micro"
        assert "按您填的数是微型（餐饮业）" in page.locator("[data-check-sizes]").inner_text()
        assert "增值税法实施条例" not in shown
        assert "2023年19号公告" not in page.locator("[data-check]").inner_text(), "what is superseded is not offered"


def test_nearly_says_what_it_would_take(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/#subject=enterprise&staff=310&small-low-profit=yes&district=610102") as page:
        told(page)
        assert "差在：从业人数不超过300人——现在310人，多10人" in page.locator(".check__group--near").inner_text()
        assert "小型微利企业的从业人数不超过300人" in page.locator("[data-check-sizes]").inner_text()


def test_a_number_that_is_none_is_told_and_not_guessed(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/") as page:
        page.get_by_label("从业人数").fill("八个")
        until(page, "document.querySelector('[data-check-told]').textContent.includes('没有看懂')")
        assert page.get_by_label("从业人数").get_attribute("aria-invalid") == "true"
        page.get_by_label("从业人数").fill("8")
        until(page, "!document.querySelector('[data-check-told]').textContent.includes('没有看懂')")
        assert page.get_by_label("从业人数").get_attribute("aria-invalid") == "false"


def test_it_works_by_keyboard_and_is_read_out(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/") as page:
        page.get_by_role("radio", name="企业", exact=True).focus()
        page.keyboard.press("Space")
        told(page)
        page.keyboard.press("ArrowDown")
        until(page, "location.hash.includes('sole-trader')")
        page.keyboard.press("Tab")
        page.keyboard.type("餐饮")
        assert page.evaluate("document.activeElement.name") == "industry"
        status = page.locator("[data-check-told]")
        assert status.get_attribute("role") == "status"
        summary = page.locator(".check__group--no summary").first
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator(".check__group--no details").first.get_attribute("open") is not None


def test_without_javascript_the_table_is_there_and_no_question_is(demo_url: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_url}check/")
    assert not page.locator("[data-check-form]").is_visible()
    table = page.locator(".check-table")
    assert table.is_visible()
    for words in ("未达到起征点，免征增值税", "增值税纳税人类型：小规模纳税人", "第二十三条", "以原文为准", "零售业", "300/50/10"):
        assert words in table.inner_text()
    context.close()


def test_paper_has_the_result_and_no_form(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/#{SHOP}") as page:
        told(page)
        page.emulate_media(media="print")
        assert not page.locator("[data-check-form]").is_visible()
        assert not page.locator(".check-table").is_visible()
        assert page.locator(".check__group--maybe").is_visible()


def test_hostile_words_in_the_fragment_are_words(demo_url: str, browser: Browser) -> None:
    with opened(browser, f"{demo_url}check/#subject=%3Cimg%20src%3Dx%3E&staff=%3Cscript%3E&constructor=1&s-zzz=yes&length=3&founded=x") as page:
        page.wait_for_timeout(600)
        assert page.locator("[data-check] img").count() == 0
