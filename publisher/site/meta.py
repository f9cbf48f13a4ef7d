"""A frame in, what a page's head says to machines out: feeds, Open Graph, the names government sites use, JSON-LD. Pure.

What is the same on every page stands in ``templates/site/main.html``. What it does not do: say what an entry is
(`publisher.site.jsonld`).
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

import orjson

from publisher.content.model.vocabulary import Kind
from publisher.settings import Settings
from publisher.site.artifacts import Frame, Shown
from publisher.site.jsonld import LANGUAGE

#: The size of the images for sharing in ``templates/site/assets/share/`` (`publisher.site.share` draws them, and is slow to load).
SHARE_SIZE = (1200, 630)
#: The columns by their folder; a page of no column shows the site's image.
_COLUMNS = {kind.folder: kind.label for kind in Kind if kind is not Kind.PAGE}


class Site(NamedTuple):
    """What every page says of the site."""

    url: str
    name: str
    description: str
    publisher: str


def site_words(settings: Settings) -> Site:
    """Of the settings, what pages say."""
    return Site(settings.site_url, settings.site_name, settings.site_description, settings.publisher_name)


def frame_head(frame: Frame, site: Site) -> str:
    """What a page's head says beside the theme's own; every value is escaped here."""
    return f'<meta name="generator" content="publisher">{_feeds(frame)}{_open_graph(frame, site)}{_names(frame, site)}{_data(frame, site)}'


def _feeds(frame: Frame) -> str:
    return "".join(
        f'<link rel="alternate" type="{feed.media_type}" title="{escape(feed.title)}" href="{escape(frame.base + feed.url)}">' for feed in frame.feeds
    )


def _open_graph(frame: Frame, site: Site) -> str:
    """Open Graph: what a link to the page looks like where it is shared."""
    column = _COLUMNS.get(frame.section, "")
    url, width, height, alt = frame.image or Shown(f"assets/share/{frame.section if column else 'site'}.png", *SHARE_SIZE, column or site.name)
    rows = [
        ("og:type", "article" if frame.published else "website"),
        ("og:title", frame.title),
        ("og:description", frame.description or site.description),
        ("og:url", site.url + frame.url),
        ("og:image", site.url + url),
        ("og:image:width", str(width)),
        ("og:image:height", str(height)),
        ("og:image:alt", alt),
    ]
    if frame.published:
        rows += [("article:published_time", frame.published), ("article:modified_time", frame.modified), ("article:section", column)]
    return "".join([f'<meta property="{name}" content="{escape(value)}">' for name, value in rows if value])


def _names(frame: Frame, site: Site) -> str:
    """The names that government sites use (国办发〔2017〕47号), which Chinese search engines and archives read."""
    column = _COLUMNS.get(frame.section, "")
    rows = [("ColumnName", column), ("Url", site.url + frame.url)]
    if frame.published:
        rows += [("ArticleTitle", frame.title), ("PubDate", f"{frame.published[:10]} {frame.published[11:16]}"), *frame.named]
    elif column:
        rows.append(("ColumnType", column))
    return "".join([f'<meta name="{name}" content="{escape(value)}">' for name, value in rows if value])


def _data(frame: Frame, site: Site) -> str:
    """JSON-LD: what the page is, and where it stands. ``<`` is written so that no text can end the block."""
    url = site.url + frame.url
    nodes: list[dict[str, Any]] = [_filled(node) for node in frame.nodes]
    if not nodes:
        if frame.url == "404.html":
            return ""
        node = {"@type": "CollectionPage" if frame.is_wide else "WebPage", "@id": url, "url": url, "name": frame.title, "inLanguage": LANGUAGE}
        nodes.append(_filled(node | {"description": frame.description, "isPartOf": {"@type": "WebSite", "name": site.name, "url": site.url}}))
    if frame.crumbs:
        steps = [*frame.crumbs, (frame.title, frame.url)]
        rows = [{"@type": "ListItem", "position": at, "name": name, "item": site.url + step} for at, (name, step) in enumerate(steps, 1)]
        nodes.append({"@type": "BreadcrumbList", "itemListElement": rows})
    written = orjson.dumps({"@context": "https://schema.org", "@graph": nodes}).replace(b"<", b"\\u003c").decode()
    return f'<script type="application/ld+json">{written}</script>'


def _filled(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node, and those within it, without what they have nothing to say about."""
    found: dict[str, Any] = {}
    for name, value in node.items():
        if value is None or value in ("", []):
            continue
        if type(value) is dict:
            found[name] = _filled(value)
        elif type(value) is list and type(value[0]) is dict:
            found[name] = [_filled(item) for item in value]
        else:
            found[name] = value
    return found
