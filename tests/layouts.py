"""Every layout of the demo site, one address each; and the programs of ``tests/package.json`` that look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

#: What it is, and where the demo has one.
LAYOUTS = {
    "home": "",
    "news": "news/",
    "policies": "policies/",
    "matchmaking": "matchmaking/",
    "guides": "guides/",
    "events": "events/",
    "enterprises": "enterprises/",
    "news entry": "news/zx-5g-zhuanwang/",
    "policy": "policies/zc-wengang-2026/",
    "superseded policy": "policies/zc-2023-19/",
    "listing": "matchmaking/gx-2026-001-zhuanwang/",
    "guide": "guides/bs-getihu-sheli/",
    "event": "events/hd-2026-1208-xuanjiang/",
    "past event": "events/hd-2026-1112-zuotan/",
    "enterprise": "enterprises/qy-ruyi-shiji/",
    "tombstone": "news/zx-2026-0001-zhusu-youhui/",
    "tallies": "services/",
    "tally": "services/2026-10/",
    "tag": "tags/tax/",
    "tags": "tags/",
    "industry": "industries/63/",
    "industries": "industries/",
    "month": "archive/2026/10/",
    "months": "archive/",
    "editions": "editions/",
    "edition": "editions/2026-W47/",
    "feeds": "feeds/",
    "subscribe": "subscribe/",
    "about": "about/",
    "search": "search/",
    "search found": "search/?q=%E7%A8%8E",
    "search none": "search/?q=%E6%A0%B9%E6%9C%AC%E6%B2%A1%E6%9C%89%E7%9A%84%E8%AF%8D",
    "finder found": "policies/?industry=62&size=small&size=micro&status=live&sort=deadline",
    "finder none": "policies/?subject=sole-trader&channel=automatic&support=grant",
    "listings found": "matchmaking/?type=demand&status=live",
    "self-check": "check/",
    "self-check found": "check/#subject=enterprise&industry=62&staff=310&small-low-profit=yes&district=610102",
    "missing": "404.html",
}

_PACKAGES = Path(__file__).parent / "node_modules"


def checker(path: str) -> Path:
    """A file of an npm package; on a machine without it the test is skipped."""
    file = _PACKAGES / path
    if not file.exists():
        pytest.skip(f"{path.split('/', 1)[0]} is not installed (cd tests && npm ci)")
    return file
