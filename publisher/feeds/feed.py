"""`Feed` and `FeedItem`: what every format is made from; and the text that goes into them, made safe for XML and for feed readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from publisher.markup import clean_text

_HEADER_LINK = re.compile(r'<a class="headerlink".*?</a>')
_ATTRIBUTES = re.compile(r'\s(?:aria-[a-z]+|role|data-[a-z-]+|tabindex|loading|decoding)(?:="[^"]*")?(?=[\s/>])')


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry in a feed: ``id`` is a tag URI that survives a new title and a new address; ``html`` has absolute URLs only."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...] = ()
    author: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed in no format yet: ``page_url`` is the page it goes with, ``base_url`` what the formats' file names are added to."""

    id: str
    title: str
    description: str
    page_url: str
    base_url: str
    author: str
    updated: datetime
    items: tuple[FeedItem, ...]
    language: str = "zh-CN"


#: The file names of the formats, below a feed's ``base_url``, with their media types.
FORMATS = {
    "rss": ("rss.xml", "application/rss+xml"),
    "atom": ("atom.xml", "application/atom+xml"),
    "json-feed": ("feed.json", "application/feed+json"),
}


def feed_html(html: str, page_url: str) -> str:
    """HTML of a page as HTML of a feed: no heading links, no attributes that feed readers distrust, anchors on the page's URL."""
    plain = _ATTRIBUTES.sub("", _HEADER_LINK.sub("", html))
    return clean_text(plain.replace('href="#', f'href="{page_url}#'))
