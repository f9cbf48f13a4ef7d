"""Every layout of the demo site as a picture: ``make screenshots`` writes ``var/screenshots/`` with a contact sheet to look through.

Each is shot as a telephone and a desk show it, in light, in dark and in 长辈版; guides and policies also as they are printed.
The content, its moment and the reader's clock are fixed, so that two runs differ only where the look does. It compares
nothing: it is for eyes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.clock import SHANGHAI
from tests.host import served
from tests.layouts import LAYOUTS
from tests.project import AS_OF, ROOT, Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = {390: 844, 1280: 900}
#: What each look sets: the browser's colour scheme, and what the reader has chosen.
LOOKS = {"浅色": ("light", ""), "深色": ("dark", ""), "长辈版": ("light", '{"elder": true, "text": 1}')}
PRINTED = ("guide", "policy")
#: A4 without its margins, in CSS pixels.
PAPER_WIDTH = 680


def main() -> int:
    """Build the demo, shoot it, write the contact sheet; 3 when there is no browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        print("截图要用 chromium，这台机器上没有（Debian：apt install chromium）。/ chromium is needed for screenshots.", file=sys.stderr)
        return 3
    from playwright.sync_api import sync_playwright

    out = ROOT / "var" / "screenshots"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = Project(Path(folder), mkdocs=(ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
        shutil.copytree(ROOT / "content", demo.root / "content", dirs_exist_ok=True)
        demo.build(AS_OF)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with served(demo.out) as url:
            for look in LOOKS:
                for width in WIDTHS:
                    shoot(browser, url, out, look, width)
            print_out(browser, url, out)
        browser.close()
    (out / "index.html").write_text(sheet(out), encoding="utf-8")
    print(out / "index.html")
    return 0


def shoot(browser: Browser, url: str, out: Path, look: str, width: int) -> None:
    """Every layout in one look at one width."""
    scheme, chosen = LOOKS[look]
    settings: dict[str, Any] = {"viewport": {"width": width, "height": WIDTHS[width]}, "color_scheme": scheme, "timezone_id": "Asia/Shanghai"}
    context = browser.new_context(**settings)
    context.clock.set_fixed_time(datetime.fromisoformat(AS_OF).replace(tzinfo=SHANGHAI))
    if chosen:
        context.add_init_script(f"localStorage.setItem('xiyi-look', '{chosen}')")
    page = context.new_page()
    for layout, path in LAYOUTS.items():
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        # A window as tall as the page: a picture of the whole page scrolls, and Material then hides its tabs.
        page.set_viewport_size({"width": width, "height": max(WIDTHS[width], _height(page))})
        page.screenshot(path=out / f"{layout}-{width}-{look}.jpg", type="jpeg", quality=85)
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    context.close()


def print_out(browser: Browser, url: str, out: Path) -> None:
    """What is taken to a counter, as it is printed."""
    page = browser.new_page(viewport={"width": PAPER_WIDTH, "height": 1000})
    for layout in PRINTED:
        page.goto(url + LAYOUTS[layout])
        page.emulate_media(media="print")
        page.screenshot(path=out / f"{layout}-打印.jpg", type="jpeg", quality=85, full_page=True)
        page.pdf(path=out / f"{layout}-打印.pdf", prefer_css_page_size=True)
    page.close()


def _height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def sheet(out: Path) -> str:
    """A page with all pictures, a row for each layout."""
    rows = []
    for layout in LAYOUTS:
        names = [f"{layout}-{width}-{look}.jpg" for look in LOOKS for width in WIDTHS] + [f"{layout}-打印.jpg"]
        pictures = "".join(
            f'<a href="{escape(name)}"><img src="{escape(name)}" alt="{escape(name)}" loading="lazy"><br>{escape(name.removesuffix(".jpg"))}</a>'
            for name in names
            if (out / name).exists()
        )
        rows.append(f"<h2>{escape(layout)}</h2><div>{pictures}</div>")
    style = "body{font:14px sans-serif;margin:1rem;background:#eee}div{display:flex;gap:1rem;overflow-x:auto}"
    style += "img{height:32rem;border:1px solid #999;object-fit:cover;object-position:top}"
    return f'<!doctype html><html lang="zh-Hans-CN"><meta charset="utf-8"><title>截图</title><style>{style}</style><h1>截图：{AS_OF}</h1>{"".join(rows)}</html>'


if __name__ == "__main__":
    sys.exit(main())
