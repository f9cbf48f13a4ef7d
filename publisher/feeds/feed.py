"""`Feed`, `FeedItem`, `CalendarItem` and `Outline`: what the formats are made from; and their text, made safe for feed readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True, slots=True)
class CalendarItem:
    """One event: whole days when ``start`` is a date; ``end`` is exclusive. ``uid`` stays the same whatever changes; ``url`` may be empty."""

    uid: str
    summary: str
    start: date | datetime
    end: date | datetime | None
    url: str
    description: str
    created: datetime
    changed: datetime
    location: str = ""
    is_cancelled: bool = False

    @property
    def sequence(self) -> int:
        """SEQUENCE (RFC 5545 section 3.8.7.4) without a memory: minutes from first publication to the last change."""
        return max(0, int((self.changed - self.created).total_seconds()) // 60)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of the list; ``group`` is the heading it stands under."""

    group: str
    title: str
    xml_url: str
    html_url: str
    description: str = ""


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
