"""A catalogue in, the artifacts of all feeds, calendars and their lists out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.content.codes import industries
from publisher.content.library import Entry
from publisher.content.model.fields import SHANGHAI
from publisher.content.model.kinds import Event, Policy
from publisher.content.model.vocabulary import EventState, Kind
from publisher.feeds.calendar import CalendarItem
from publisher.feeds.feed import FORMATS, Feed, FeedItem, feed_html
from publisher.feeds.opml import Outline
from publisher.lifecycle import Status
from publisher.site.artifacts import RANK_FEED, Artifact, Recipe
from publisher.site.catalogue import Catalogue
from publisher.site.views import Viewer, industry_title, labels, path_url, tag_url

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_FORMAT_NAMES: tuple[tuple[Recipe, str], ...] = (("rss", "RSS"), ("atom", "Atom"), ("json-feed", "JSON Feed"))


@dataclass(frozen=True, slots=True)
class FeedList:
    """One feed before its items: ``key`` names it for good, ``url`` is the folder its files lie in."""

    key: str
    group: str
    title: str
    url: str
    entries: tuple[Entry, ...]

    @property
    def links(self) -> list[tuple[str, str, str]]:
        """Title, address relative to the root and media type of each format."""
        return [(f"{self.title} {name}", self.url + FORMATS[recipe][0], FORMATS[recipe][1]) for recipe, name in _FORMAT_NAMES]

    def view(self) -> dict[str, Any]:
        """The feed as a page shows it."""
        names = [{"name": name, "url": self.url + FORMATS[recipe][0]} for recipe, name in _FORMAT_NAMES]
        return {"title": self.title, "page": self.url, "formats": names}


def list_feeds(catalogue: Catalogue) -> dict[str, FeedList]:
    """Every feed with something in it, by key: everything, each kind, each industry, each tag with live entries."""
    library = catalogue.library
    entries = catalogue.feed_entries
    found = [FeedList("", "全部", "全部内容", "", entries)]
    kinds = [kind for kind in Kind if kind is not Kind.PAGE]
    found += [FeedList(k.folder, "栏目", k.label, f"{k.folder}/", tuple(e for e in entries if e.kind is k)) for k in kinds]
    by_industry: dict[str, list[Entry]] = {}
    by_tag: dict[str, list[Entry]] = {}
    for entry in entries:
        for code in entry.industry_codes:
            by_industry.setdefault(code, []).append(entry)
        for tag in library.tags_of(entry):
            by_tag.setdefault(tag, []).append(entry)
    found += [FeedList(f"industries/{c}", "行业", industry_title(c), f"industries/{c}/", tuple(by_industry[c])) for c in industries() if c in by_industry]
    tags = [tag for tag in catalogue.by_tag if tag in by_tag]
    found += [FeedList(f"tags/{tag}", "标签", tag, tag_url(library, tag), tuple(by_tag[tag])) for tag in tags]
    return {feed.key: feed for feed in found if any(catalogue.status[entry.id].is_live for entry in feed.entries)}


def plan_feeds(viewer: Viewer) -> Iterator[Artifact]:
    """Every feed in every format, the OPML list and the calendars."""
    feeds = list_feeds(viewer.catalogue)
    items: dict[str, FeedItem] = {}
    settings = viewer.catalogue.settings
    for found in feeds.values():
        feed = _feed(found, viewer, items)
        sources = tuple(entry.path for entry in found.entries[: settings.feed_entries])
        for recipe, _ in _FORMAT_NAMES:
            yield Artifact(found.url + FORMATS[recipe][0], recipe, {"feed": feed}, rank=RANK_FEED, sources=sources)
    outlines = [
        Outline(found.group, f"{settings.site_name}：{found.title}", settings.absolute(found.url + FORMATS["rss"][0]), settings.absolute(found.url))
        for found in feeds.values()
    ]
    yield Artifact("feeds.opml", "opml", {"title": settings.site_name, "outlines": outlines}, rank=RANK_FEED)
    yield from _calendars(viewer)


def _feed(found: FeedList, viewer: Viewer, items: dict[str, FeedItem]) -> Feed:
    settings = viewer.catalogue.settings
    chosen = []
    for entry in found.entries[: settings.feed_entries]:
        if entry.id not in items:
            items[entry.id] = _item(entry, viewer)
        chosen.append(items[entry.id])
    words = settings.site_description if not found.key else f"{settings.site_name}的{found.group}订阅：{found.title}"
    return Feed(
        id=f"tag:{settings.host},{settings.founded}:feed/{path_url(found.key) or 'all'}",
        title=settings.site_name if not found.key else f"{settings.site_name}：{found.title}",
        description=words,
        page_url=settings.absolute(found.url),
        base_url=settings.absolute(found.url),
        author=settings.publisher_name,
        updated=max((item.updated for item in chosen), default=_EPOCH),
        items=_told_apart(chosen),
    )


def _told_apart(items: list[FeedItem]) -> tuple[FeedItem, ...]:
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


def _item(entry: Entry, viewer: Viewer) -> FeedItem:
    catalogue = viewer.catalogue
    settings = catalogue.settings
    data = entry.data
    url = settings.absolute(path_url(entry.url))
    is_withdrawn = catalogue.status[entry.id] is Status.WITHDRAWN
    title = "".join(f"【{label}】" for label in labels(entry) if label != "已更正") + entry.title
    if is_withdrawn:
        note = data.withdrawal.note if data.withdrawal else ""
        return FeedItem(entry_identity(entry, viewer), url, f"【已撤回】{entry.title}", f"本条已撤回。{note}", "", entry.published, entry.updated)
    body = viewer.addresser.address(entry.html, entry.path, settings.site_url)
    return FeedItem(
        id=entry_identity(entry, viewer),
        url=url,
        title=title,
        summary=viewer.card(entry)["summary"] or entry.title,  # RSS wants a description before the content
        html=feed_html(viewer.feed_body(entry) + body, url),
        published=entry.published,
        updated=entry.updated,
        categories=(entry.kind.label, *catalogue.library.tags_of(entry)),
        author=data.author or "",
    )


def _calendars(viewer: Viewer) -> Iterator[Artifact]:
    catalogue = viewer.catalogue
    name = catalogue.settings.site_name
    policies = [item for entry in _by_id(catalogue, Kind.POLICY) for item in _deadlines(entry, viewer)]
    events = [_meeting(entry, viewer) for entry in _by_id(catalogue, Kind.EVENT)]
    for path, title, words, items in (
        ("calendar/policies.ics", f"{name}：政策日历", "政策到期和申报截止的日子", policies),
        ("calendar/events.ics", f"{name}：活动日程", "座谈会、宣讲、对接会和便民服务", events),
    ):
        inputs = {"name": title, "description": words, "items": items, "product": catalogue.settings.host}
        yield Artifact(path, "calendar", inputs, rank=RANK_FEED)


def _by_id(catalogue: Catalogue, kind: Kind) -> Sequence[Entry]:
    return sorted((entry for entry in catalogue.of_kind[kind]), key=lambda entry: entry.id)


def _deadlines(entry: Entry, viewer: Viewer) -> Iterator[CalendarItem]:
    data = entry.data
    assert isinstance(data, Policy)
    if viewer.catalogue.status[entry.id] in (Status.SUPERSEDED, Status.REPEALED):
        return
    ends = [("apply", "申报截止", data.application.end if data.application else None), ("end", "政策到期", data.validity)]
    for name, words, end in ends:
        if not isinstance(end, datetime):
            continue
        last = (end - timedelta(seconds=1)).astimezone(SHANGHAI).date()
        yield CalendarItem(
            uid=f"{entry.kind.value}-{entry.id}-{name}@{viewer.catalogue.settings.host}",
            summary=f"{words}：{entry.title}",
            start=last,
            end=last + timedelta(days=1),
            url=viewer.catalogue.settings.absolute(path_url(entry.url)),
            description=f"{data.in_a_word}\n以官方原文和主管部门答复为准。",
            created=entry.published,
            changed=entry.updated,
        )


def _meeting(entry: Entry, viewer: Viewer) -> CalendarItem:
    data = entry.data
    assert isinstance(data, Event)
    return CalendarItem(
        uid=f"{entry.kind.value}-{entry.id}@{viewer.catalogue.settings.host}",
        summary=entry.title,
        start=data.start,
        end=data.end,
        url=viewer.catalogue.settings.absolute(path_url(entry.url)),
        description=data.summary,
        created=entry.published,
        changed=entry.updated,
        location=data.place,
        is_cancelled=data.event_state is EventState.CANCELLED,
    )
