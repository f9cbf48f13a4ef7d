"""The counterparts on a listing's page in a real browser, on a phone and a desk: reasons, links, keyboard, axe, no contact but the platform's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.host import served
from tests.layouts import checker
from tests.pages import opened
from tests.project import Project
from tests.test_accessibility import WIDTHS, audit
from tests.test_counterparts import DEMAND, street

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", WIDTHS)]

SECTION = "section:has(> #counterparts)"
LISTING = "matchmaking/gx-2026-001-zhuanwang/"
#: Ways of contact as a lister may have given them; none may stand in any page.
SECRETS = {"邮箱": "lister-a@example.com", "手机": "13900000000", "固话": "029-80000000"}
#: The element that has the focus: the link's address, whether it can be seen, and whether it is marked.
FOCUS = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const style = [getComputedStyle(element), getComputedStyle(element, '::after')];
  return {
    url: element.href || '',
    isInside: Boolean(element.closest('section')?.querySelector(':scope > #counterparts')),
    isMarked: style.some((one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2),
    isVisible: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth && box.height > 1,
  };
}"""


def test_the_section_says_why_and_leads_there_and_back(demo_url: str, browser: Browser, width: int) -> None:
    with opened(browser, demo_url + LISTING, width) as page:
        section = page.locator(SECTION)
        assert section.locator("h2").inner_text() == "可能合适的对象"
        assert "只供参考" in section.locator(".fine").inner_text()
        card = section.locator(".card").first
        reason = "同属电信、广播电视和卫星传输服务，都在新城区，一方采购、一方供应，交付赶得上，都关注5G、数字化"
        assert card.locator(".counterparts__reason").inner_text() == f"理由{reason}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        title = card.locator("a").inner_text()
        card.locator("a").click()
        page.wait_for_url(f"{demo_url}matchmaking/gx-2026-009-wuxian/")
        assert page.locator("h1").inner_text().replace("\n", "") == title.replace("\n", "")
        page.locator(f"{SECTION} a").first.click()
        page.wait_for_url(demo_url + LISTING)


def test_tab_comes_by_every_counterpart_in_the_order_of_the_page_and_each_is_seen(demo_url: str, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]}, reduced_motion="reduce")
    page.goto(demo_url + LISTING)
    wanted = [link.evaluate("one => one.href") for link in page.locator(f"{SECTION} a").all()]
    page.evaluate("document.querySelector('#contact').closest('section').querySelector('a').focus()")
    steps = _tab_through(page)
    assert [step["url"] for step in steps] == wanted
    assert len(wanted) >= 1
    assert all(step["isMarked"] and step["isVisible"] for step in steps), steps
    page.close()


def _tab_through(page: Page) -> list[dict[str, Any]]:
    """What has the focus in the section, Tab by Tab from where it is, until it has left."""
    steps: list[dict[str, Any]] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        step = page.evaluate(FOCUS)
        if step["isInside"]:
            steps.append(step)
        elif steps:
            break
    return steps


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(project: Project, browser: Browser, width: int, scheme: Any) -> None:
    """On a page with as many counterparts as there can be, one of them near its end."""
    crowd(project).build()
    with served(project.out) as url:
        page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, reduced_motion="reduce")
        page.goto(f"{url}matchmaking/a/")
        assert page.locator(f"{SECTION} .card").count() == 3
        page.evaluate(checker("axe-core/axe.min.js").read_text(encoding="utf-8"))
        assert audit(page) == []
        page.close()


def crowd(project: Project) -> Project:
    """A demand whom three supplies fit, each with a way of contact of its own."""
    street(project)
    supply = (project.root / "content/matchmaking/b.yml").read_text(encoding="utf-8")
    for name, (way, secret), end in zip("bde", SECRETS.items(), ("2027-01-31", "2026-11-27", "2027-01-31"), strict=True):
        contact = f"联系: {{方式: {way}, {way}: '{secret}', 同意凭据: 凭据}}"
        text = re.sub("联系: .*", contact, supply).replace("2027-01-31", end).replace("直供", f"直供{name}")
        project.write(f"content/matchmaking/{name}.yml", text)
    return project


def test_nobodys_contact_is_in_the_page_and_the_platform_is_reached(project: Project, demo_url: str, browser: Browser, width: int) -> None:
    crowd(project).build()
    with served(project.out) as url:
        page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]})
        for name in "abde":
            page.goto(f"{url}matchmaking/{name}/")
            html = page.content()
            assert not [secret for secret in (*SECRETS.values(), "secret-a") if secret in html]
            assert page.locator("main a[href^='tel:'], main a[href^='mailto:']").count() == 0
            assert f"编号 {name}" in page.locator("section.contact").inner_text()
        page.close()
    with opened(browser, demo_url + LISTING, width) as page:
        assert "由平台转达" in page.locator("section.contact").inner_text()
        page.locator("section.contact a").click()
        page.wait_for_url(f"{demo_url}about/")
        assert "联系" in page.locator("main").inner_text()


def test_what_is_over_shows_nobody_and_nobody_shows_it(project: Project, browser: Browser, width: int) -> None:
    street(project).write("content/matchmaking/a.yml", DEMAND.replace("2027-01-31", "2026-12-10"))
    project.build("2026-12-10 23:59")
    with served(project.out) as url, opened(browser, f"{url}matchmaking/b/", width) as page:
        assert page.locator(f"{SECTION} a").count() == 1
        project.build("2026-12-11 00:00")
        page.reload()
        assert page.locator(SECTION).inner_text().replace("\n\n", "\n") == "可能合适的对象\n暂时没有合适的。有新的供需发布时会重新比对。"
        page.goto(f"{url}matchmaking/a/")
        assert page.locator(SECTION).count() == 0
        assert page.locator("section.contact p").inner_text().startswith("已过期，不再转达联系。")
