"""A catalogue in, the artifacts of all feeds, calendars and their lists out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from publisher.clock import SHANGHAI
from publisher.content.library import Entry
from publisher.content.model.vocabulary import KIND_OF_FOLDER
from publisher.feeds.feed import FORMATS, CalendarItem, Feed, FeedItem, Outline, feed_html
from publisher.lifecycle import Status
from publisher.site.artifacts import RANK_FEED, Artifact, Recipe
from publisher.site.catalogue import Catalogue
from publisher.site.heads import Head, industry_title, path_url
from publisher.site.views import Viewer, tag_url

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
#: The formats of a feed, with their names.
FEED_FORMATS: tuple[tuple[Recipe, str], ...] = (("rss", "RSS"), ("atom", "Atom"), ("json-feed", "JSON Feed"))


@dataclass(frozen=True, slots=True)
class FeedList:
    """One feed before its items: ``key`` names it for good, ``url`` is the folder its files lie in."""

    key: str
    group: str
    title: str
    url: str

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """Title, address relative to the root and media type of each format."""
        return [(f"{self.title} {name}", self.url + FORMATS[recipe][0], FORMATS[recipe][1]) for recipe, name in FEED_FORMATS]

    def view(self) -> dict[str, Any]:
        """The feed as a page shows it."""
        names = [{"name": name, "url": self.url + FORMATS[recipe][0]} for recipe, name in FEED_FORMATS]
        return {"title": self.title, "page": self.url, "formats": names}


def find_feed(catalogue: Catalogue, key: str) -> FeedList | None:
    """The feed of a key: everything, a kind, an industry or a tag; none when nothing live is in it."""
    if not catalogue.has(f"feed:{key}"):
        return None
    group, _, name = key.partition("/")
    if group == "industries":
        return FeedList(key, "行业", industry_title(name), f"{key}/")
    if group == "tags":
        return FeedList(key, "标签", name, tag_url(catalogue.taxonomy, name))
    return FeedList(key, "栏目", KIND_OF_FOLDER[key].label, f"{key}/") if key else FeedList("", "全部", "全部内容", "")


def plan_feed(viewer: Viewer, key: str) -> Iterator[Artifact]:
    """One feed in every format."""
    found = find_feed(viewer.catalogue, key)
    assert found is not None, key
    heads = [viewer.catalogue.known(entry_id) for entry_id in viewer.catalogue.row(f"feed:{key}")]
    feed = _feed(found, heads, viewer)
    for recipe, _ in FEED_FORMATS:
        yield Artifact(unquote(found.url) + FORMATS[recipe][0], recipe, {"feed": feed}, rank=RANK_FEED, sources=tuple(head.path for head in heads))


def plan_feed_list(viewer: Viewer) -> Iterator[Artifact]:
    """Every feed as OPML."""
    settings = viewer.catalogue.settings
    feeds = [feed for key in viewer.catalogue.row("feeds") if (feed := find_feed(viewer.catalogue, key))]
    outlines = [
        Outline(found.group, f"{settings.site_name}：{found.title}", settings.absolute(found.url + FORMATS["rss"][0]), settings.absolute(found.url))
        for found in feeds
    ]
    yield Artifact("feeds.opml", "opml", {"title": settings.site_name, "outlines": outlines}, rank=RANK_FEED)


def _feed(found: FeedList, heads: list[Head], viewer: Viewer) -> Feed:
    settings = viewer.catalogue.settings
    chosen = [viewer.kept(head, entry_item) for head in heads]
    words = settings.site_description if not found.key else f"{settings.site_name}的{found.group}订阅：{found.title}"
    return Feed(
        id=f"tag:{settings.host},{settings.founded}:feed/{path_url(found.key) or 'all'}",
        title=settings.site_name if not found.key else f"{settings.site_name}：{found.title}",
        description=words,
        page_url=settings.absolute(found.url),
        base_url=settings.absolute(found.url),
        author=settings.publisher_name,
        updated=max((item.updated for item in chosen), default=_EPOCH),
        items=told_apart(chosen),
    )


def told_apart(items: Sequence[FeedItem]) -> tuple[FeedItem, ...]:
    """Items changed at the same moment get a second each: feed validators warn of equal times (times are kept to the minute)."""
    taken: set[datetime] = set()
    moved: dict[str, datetime] = {}
    for item in sorted(items, key=lambda item: (item.updated, item.id)):
        moment = item.updated
        while moment in taken:
            moment += timedelta(seconds=1)
        taken.add(moment)
        moved[item.id] = moment
    return tuple(item if moved[item.id] == item.updated else replace(item, updated=moved[item.id]) for item in items)


def entry_identity(entry: Entry, viewer: Viewer) -> str:
    """A tag URI (RFC 4151) that depends on kind and id only."""
    settings = viewer.catalogue.settings
    return f"tag:{settings.host},{settings.founded}:{entry.kind.value}/{entry.id}"


def entry_item(viewer: Viewer, head: Head) -> FeedItem:
    """An entry as feeds show it."""
    catalogue = viewer.catalogue
    settings = catalogue.settings
    entry = catalogue.entry(head.id)
    data = entry.data
    url = settings.absolute(head.url)
    title = "".join(f"【{label}】" for label in head.card["labels"] if label != "已更正") + entry.title
    if head.status is Status.WITHDRAWN:
        note = data.withdrawal.note if data.withdrawal else ""
        return FeedItem(entry_identity(entry, viewer), url, f"【已撤回】{entry.title}", f"本条已撤回。{note}", "", entry.published, entry.updated)
    body = viewer.addresser.address(entry.html, entry.path, settings.site_url)
    return FeedItem(
        id=entry_identity(entry, viewer),
        url=url,
        title=title,
        summary=head.card["summary"] or entry.title,  # RSS wants a description before the content
        html=feed_html(viewer.feed_body(entry) + body, url),
        published=entry.published,
        updated=entry.updated,
        categories=(entry.kind.label, *head.order.tags),
        author=data.author or "",
    )


def plan_calendars(viewer: Viewer) -> Iterator[Artifact]:
    """The ends of policies and the days of events, as calendars."""
    catalogue = viewer.catalogue
    name = catalogue.settings.site_name
    for path, title, words, row in (
        ("calendar/policies.ics", f"{name}：政策日历", "政策到期和申报截止的日子", "calendar:policies"),
        ("calendar/events.ics", f"{name}：活动日程", "座谈会、宣讲、对接会和便民服务", "calendar:events"),
    ):
        items = [item for entry_id in catalogue.row(row) for item in _dated(catalogue.known(entry_id), catalogue)]
        inputs = {"name": title, "description": words, "items": items, "product": catalogue.settings.host}
        yield Artifact(path, "calendar", inputs, rank=RANK_FEED)


def _dated(head: Head, catalogue: Catalogue) -> Iterator[CalendarItem]:
    settings = catalogue.settings
    for name, summary, start, end, description, place, is_cancelled in head.calendar:
        parse = date.fromisoformat if name else datetime.fromisoformat
        yield CalendarItem(
            uid=f"{head.order.kind}-{head.id}{'-' if name else ''}{name}@{settings.host}",
            summary=summary,
            start=parse(start),
            end=parse(end) if end else None,
            url=settings.absolute(head.url),
            description=description,
            created=datetime.fromtimestamp(head.order.published, SHANGHAI),
            changed=datetime.fromtimestamp(head.order.updated, SHANGHAI),
            location=place,
            is_cancelled=is_cancelled,
        )
