"""A `Feed` in, RSS 2.0 or Atom (RFC 4287) bytes out, by feedgen. The traps it works around are named where they lie."""

from __future__ import annotations

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from publisher.feeds.feed import FORMATS, Feed, FeedItem
from publisher.markup import clean_text


class _Entry(FeedEntry):  # type: ignore[misc]  # feedgen has no type hints
    """feedgen 1.0.0 loses rel, type and length of an Atom entry's links; they are set again from what was asked for."""

    def atom_entry(self, extensions: bool = True) -> object:
        element = super().atom_entry(extensions)
        links = element.findall("link")  # feedgen builds entries without a namespace
        for found, asked in zip(links, self.link() or (), strict=False):
            for name in ("rel", "type", "hreflang", "title", "length"):
                if asked.get(name):
                    found.set(name, asked[name])
        return element


def render_rss(feed: Feed) -> bytes:
    """RSS 2.0 with the RSS Advisory Board's profile: self link, guid on every item, full text in content:encoded."""
    generator = _generator(feed, "rss")
    generator.load_extension("dc", rss=True, atom=False)
    generator.ttl(60)
    for item in feed.items:
        entry = _add(generator, item)
        entry.guid(item.id, permalink=False)
        entry.dc.dc_creator(item.author or feed.author)
    return bytes(generator.rss_str(pretty=True, encoding="UTF-8"))


def render_atom(feed: Feed) -> bytes:
    """Atom 1.0: stable ids, updated at least published, self and alternate links."""
    generator = _generator(feed, "atom")
    for item in feed.items:
        _add(generator, item)
    return bytes(generator.atom_str(pretty=True, encoding="UTF-8"))


def _generator(feed: Feed, recipe: str) -> FeedGenerator:
    name, media_type = FORMATS[recipe]
    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(clean_text(feed.title))
    generator.subtitle(clean_text(feed.description))
    generator.description(clean_text(feed.description))
    generator.language(feed.language)
    generator.author({"name": feed.author})
    generator.generator("publisher")
    # Both default to now: a build must not depend on the clock.
    generator.updated(feed.updated)
    generator.lastBuildDate(feed.updated)
    # The RSS channel's <link> is the last one given, of whatever rel: the alternate must come last.
    generator.link(href=feed.base_url + name, rel="self", type=media_type)
    generator.link(href=feed.page_url, rel="alternate", type="text/html")
    return generator


def _add(generator: FeedGenerator, item: FeedItem) -> FeedEntry:
    entry = generator.add_entry(_Entry(), order="append")  # the default would turn the order round
    entry.id(item.id)
    entry.title(clean_text(item.title))
    entry.link(href=item.url, rel="alternate", type="text/html")
    if item.summary:
        entry.summary(clean_text(item.summary))
        entry.description(clean_text(item.summary), isSummary=True)
    if item.html:
        entry.content(item.html, type="html")  # CDATA would make Atom invalid
    entry.published(item.published)
    entry.updated(item.updated)
    for category in item.categories:
        entry.category(term=clean_text(category), label=clean_text(category))
    if item.author:
        entry.author({"name": item.author})
    return entry
