"""Every layout for everyone: axe finds nothing in light, dark and large text, on a phone and a desk; the keyboard reaches all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.layouts import LAYOUTS, checker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WIDTHS = {390: 844, 1280: 900}
LOOKS: dict[str, Literal["light", "dark"]] = {"light": "light", "dark": "dark", "elder": "light"}


def audit(page: Page) -> list[str]:
    """What axe minds on a page as it stands: rule, what is wrong, the first elements."""
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", _TAGS)
    return [f"{row['id']} ({row['impact']}): {row['help']}: {'; '.join(map(_place, row['nodes'][:3]))}" for row in found["violations"]]


def _place(node: dict[str, Any]) -> str:
    """Where on a page and why."""
    why = " ".join(check["message"] for check in node["any"] + node["all"] + node["none"])
    return f"{node['html'][:140]} [{why[:200]}]"


#: Targets that are too small for a finger. A link in running text is as high as its line, 24 px at least (WCAG 2.2, 2.5.8: inline).
_SMALL = """(wanted) => [...document.querySelectorAll('a[href], button, summary, select, label[for], input')].filter((element) => {
  if (!element.checkVisibility({visibilityProperty: true, opacityProperty: true}) || element.closest('.md-skip, .md-sidebar')) return false;
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2 || element.disabled) return false;
  const least = element.closest('.prose') ? 24 : wanted;
  const line = element.parentElement;
  const isInline = getComputedStyle(element).display === 'inline' && (line.innerText || '').trim() !== (element.innerText || '').trim();
  if (isInline) return false;
  if (element.matches('input') && element.labels && element.labels.length) return false;
  if (element.matches('label') && element.control && element.control.matches('[type=search], [type=text]')) return false;
  const after = getComputedStyle(element, '::after');
  if (after.position === 'absolute' && after.content !== 'none') {
    const height = parseFloat(after.height), width = parseFloat(after.width);
    if (height >= least && width >= least) return false;
  }
  return box.height < least - 0.5 || box.width < least - 0.5;
}).map((element) => {
  const box = element.getBoundingClientRect();
  return `${Math.round(box.width)}x${Math.round(box.height)} ${element.outerHTML.slice(0, 110)}`;
})"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_axe_finds_nothing_and_targets_are_large_enough(demo_url: str, browser: Browser, layout: str, width: int) -> None:
    script = checker("axe-core/axe.min.js").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for look, scheme in LOOKS.items():
        # axe is put into the page by the debugger, where the page's own policy on scripts does not hold.
        context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme, reduced_motion="reduce")
        if look == "elder":
            context.add_init_script("""localStorage.setItem("xiyi-look", '{"elder":true,"text":2}')""")
        page = context.new_page()
        page.goto(demo_url + LAYOUTS[layout])
        assert page.evaluate("document.documentElement.dataset.look === 'elder'") == (look == "elder")
        page.evaluate(script)
        found[look] = audit(page) + page.evaluate(_SMALL, 44 if width == 390 else 24)
        context.close()
    assert not any(found.values()), found


#: What has the focus: whether it can be seen and how it is marked.
_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const box = element.getBoundingClientRect();
  const styles = [getComputedStyle(element), getComputedStyle(element, '::after')];
  element.seen = (element.seen || 0) + 1;
  return {
    name: `${element.tagName.toLowerCase()}.${element.className} ${(element.innerText || element.getAttribute('aria-label') || '').trim().slice(0, 20)}`,
    seen: element.seen,
    isMarked: styles.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    isVisible: box.width > 1 && box.height > 1 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight
      && styles[0].visibility === 'visible',
  };
}"""
_REACHABLE = """() => [...document.querySelectorAll('a[href], button, summary, input, select, textarea, [tabindex="0"]')].filter((element) =>
  element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !element.disabled && element.tabIndex >= 0
  && !element.seen && !(element.type === 'radio')).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("layout", ["home", "policies", "policy", "guide", "listing", "missing"])
def test_tab_goes_through_the_whole_page_and_is_seen(demo_url: str, browser: Browser, layout: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(demo_url + LAYOUTS[layout])
    page.wait_for_load_state("networkidle")
    steps: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        step = page.evaluate(_FOCUS)
        if step is None or step["seen"] > 1:
            break
        steps.append(step)
    assert "md-skip" in steps[0]["name"], "the first stop leads past the menu"
    assert "跳到正文" in steps[0]["name"]
    assert [step["name"] for step in steps if not step["isMarked"]] == []
    assert [step["name"] for step in steps if not step["isVisible"]] == []
    assert page.evaluate(_REACHABLE) == [], "Tab comes by everything"
    context.close()


def test_the_skip_link_leads_to_the_text(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(demo_url + LAYOUTS["policy"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('content').contains(document.activeElement)")
    page.close()


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(demo_url: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(demo_url)
    opener = page.get_by_role("button", name="菜单")
    assert opener.get_attribute("aria-expanded") == "false"
    opener.press("Enter")
    page.locator(".md-sidebar--primary a:focus").wait_for()
    assert opener.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert opener.get_attribute("aria-expanded") == "false"
    assert opener.evaluate("element => element === document.activeElement")
    opener.press("Space")
    page.locator(".md-sidebar--primary a:focus").wait_for()
    for _ in range(30):  # past its last link the menu closes, and the focus is on something that can be seen
        page.keyboard.press("Tab")
    assert opener.get_attribute("aria-expanded") == "false"
    assert page.evaluate(_FOCUS)["isVisible"]
    page.close()
