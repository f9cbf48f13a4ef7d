"""A `Feed` in, JSON Feed 1.1 bytes out (jsonfeed.org/version/1.1)."""

from __future__ import annotations

from typing import Any

import orjson

from publisher.feeds.feed import FORMATS, Feed, FeedItem
from publisher.markup import clean_text


def render_json_feed(feed: Feed) -> bytes:
    """The feed with full text; dates as RFC 3339."""
    body: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_text(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.base_url + FORMATS["json-feed"][0],
        "description": clean_text(feed.description),
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(item) for item in feed.items],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n"


def _item(item: FeedItem) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": clean_text(item.title),
        "content_html": item.html or clean_text(item.summary),
        "summary": clean_text(item.summary),
        "date_published": item.published.isoformat(timespec="seconds"),
        "date_modified": item.updated.isoformat(timespec="seconds"),
        "tags": [clean_text(category) for category in item.categories],
    }
    if item.author:
        row["authors"] = [{"name": clean_text(item.author)}]
    return {name: value for name, value in row.items() if value not in ("", [])}
