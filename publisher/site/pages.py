"""A catalogue in, the artifacts of all HTML pages out. Pure: it names templates and gives them views, and renders nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from publisher.content.codes import industries
from publisher.content.library import Entry
from publisher.content.model.kinds import Listing
from publisher.content.model.vocabulary import Kind, ListingType
from publisher.lifecycle import Status
from publisher.site.artifacts import RANK_ENTRY, RANK_HOME, RANK_LIST, Artifact, FeedLink, Frame
from publisher.site.catalogue import Catalogue
from publisher.site.feeds import FeedList, list_feeds
from publisher.site.views import Viewer, industry_title, path_url, tag_url

#: The kinds with a page of their own, in the order of the navigation.
LISTED_KINDS = (Kind.NEWS, Kind.POLICY, Kind.LISTING, Kind.GUIDE, Kind.EVENT, Kind.ENTERPRISE)

#: What each kind's page says of itself.
KIND_WORDS = {
    Kind.NEWS: "街区里的开业、招商、招聘、展会和便民消息。",
    Kind.POLICY: "用大白话讲清国家和地方的惠企政策：谁能享受、能得什么、怎么办、到什么时候。",
    Kind.LISTING: "街区企业的需求、供给和合作意向，由平台转达联系。",
    Kind.GUIDE: "登记、年报、涉税等事项怎么办：材料、步骤、时限，能代办、能陪办。",
    Kind.EVENT: "政策宣讲、对接会、座谈会和便民服务，可加入手机日历。",
    Kind.ENTERPRISE: "街区企业、个体工商户和项目的名录。",
}


def plan_pages(viewer: Viewer) -> Iterator[Artifact]:
    """Every page of the site, entries first."""
    feeds = list_feeds(viewer.catalogue)
    yield from _entries(viewer, feeds)
    yield from _kinds(viewer, feeds)
    yield from _tags(viewer, feeds)
    yield from _industries(viewer, feeds)
    yield from _archive(viewer)
    yield _feed_page(feeds)
    yield _not_found()
    yield _home(viewer, feeds)


def page(frame: Frame, template: str, view: dict[str, Any], rank: int = RANK_LIST, sources: tuple[str, ...] = ()) -> Artifact:
    """An artifact for one page in the site's frame."""
    path = frame.url if frame.url.endswith(".html") else f"{frame.url}index.html"
    return Artifact(path, "page", view, template, frame, rank, sources)


def feed_links(found: FeedList | None) -> tuple[FeedLink, ...]:
    """What a page's head says of a feed."""
    return tuple(FeedLink(*link) for link in found.links) if found else ()


def _entries(viewer: Viewer, feeds: dict[str, FeedList]) -> Iterator[Artifact]:
    for entry in viewer.catalogue.public:
        base = "../" * entry.url.count("/")
        view = viewer.entry(entry, base)
        is_tombstone = viewer.catalogue.status[entry.id] is Status.WITHDRAWN
        frame = Frame(
            url=path_url(entry.url),
            title=entry.title,
            description=view["summary"],
            section="" if entry.kind is Kind.PAGE else entry.kind.folder,
            toc=() if is_tombstone else tuple((h.level, h.anchor, h.text) for h in entry.html.headings if h.level in (2, 3)),
            feeds=feed_links(feeds.get(entry.kind.folder)),
            published=view["iso_published"],
            modified=view["iso_updated"],
        )
        template = "tombstone.html" if is_tombstone else f"entries/{entry.kind.value}.html"
        yield page(frame, template, {"entry": view, "crumbs": _crumbs(entry)}, RANK_ENTRY, (entry.path,))


def _crumbs(entry: Entry) -> list[dict[str, str]]:
    if entry.kind is Kind.PAGE:
        return [{"title": "首页", "url": ""}]
    return [{"title": "首页", "url": ""}, {"title": entry.kind.label, "url": f"{entry.kind.folder}/"}]


def _list_pages(
    viewer: Viewer,
    url: str,
    title: str,
    description: str,
    *,
    entries: Sequence[Entry],
    feed: FeedList | None,
    section: str = "",
    template: str = "list.html",
    crumbs: Sequence[dict[str, str]] = (),
    **extra: Any,
) -> Iterator[Artifact]:
    """A list and its further pages: ``url`` and ``url``page/2/ and so on."""
    size = viewer.catalogue.settings.per_page
    count = max(1, -(-len(entries) // size))
    urls = [url if number == 1 else f"{url}page/{number}/" for number in range(1, count + 1)]
    for number, here in enumerate(urls, 1):
        view = {
            "title": title,
            "description": description,
            "cards": viewer.cards(entries[(number - 1) * size : number * size]),
            "total": len(entries),
            "number": number,
            "pages": urls,
            "feed": feed.view() if feed else None,
            "crumbs": [{"title": "首页", "url": ""}, *crumbs],
            **extra,
        }
        name = title if number == 1 else f"{title}（第{number}页）"
        yield page(Frame(here, name, description, section, is_wide=True, feeds=feed_links(feed)), template, view)


def _kinds(viewer: Viewer, feeds: dict[str, FeedList]) -> Iterator[Artifact]:
    for kind in LISTED_KINDS:
        folder = kind.folder
        entries = viewer.catalogue.of_kind[kind]
        calendar = {Kind.POLICY: "calendar/policies.ics", Kind.EVENT: "calendar/events.ics"}.get(kind, "")
        extra = {"section": folder, "template": "kind.html", "kind": kind.value, "calendar": calendar}
        yield from _list_pages(viewer, f"{folder}/", kind.label, KIND_WORDS[kind], entries=entries, feed=feeds.get(folder), **extra)


def _tags(viewer: Viewer, feeds: dict[str, FeedList]) -> Iterator[Artifact]:
    catalogue = viewer.catalogue
    library = catalogue.library
    rows = []
    for tag, entries in catalogue.by_tag.items():
        known = library.taxonomy.tags.get(tag)
        description = known.description if known else ""
        url = tag_url(library, tag)
        rows.append({"title": tag, "url": url, "count": len(entries), "description": description})
        crumbs = [{"title": "标签", "url": "tags/"}]
        yield from _list_pages(viewer, url, f"标签：{tag}", description, entries=entries, feed=feeds.get(f"tags/{tag}"), crumbs=crumbs)
    yield _index("tags/", "标签", "按话题浏览全部内容。", [{"title": "", "rows": rows}])


def _industries(viewer: Viewer, feeds: dict[str, FeedList]) -> Iterator[Artifact]:
    groups: list[dict[str, Any]] = []
    for code, entries in viewer.catalogue.by_industry.items():
        url, title = f"industries/{code}/", industry_title(code)
        row = {"title": title, "url": url, "count": len(entries), "description": ""}
        if industries()[code].is_section:
            groups.append({"title": title, "rows": [row]})
        else:
            groups[-1]["rows"].append(row)
        crumbs = [{"title": "行业", "url": "industries/"}]
        words = "按国民经济行业分类（GB/T 4754-2017）归类的内容。"
        yield from _list_pages(viewer, url, title, words, entries=entries, feed=feeds.get(f"industries/{code}"), crumbs=crumbs)
    yield _index("industries/", "行业", "按国民经济行业分类（GB/T 4754-2017）浏览。", groups)


def _archive(viewer: Viewer) -> Iterator[Artifact]:
    groups: list[dict[str, Any]] = []
    for month, entries in viewer.catalogue.by_month.items():
        year, number = month.split("-")
        url, title = f"archive/{year}/{number}/", f"{year}年{int(number)}月"
        if not groups or groups[-1]["title"] != f"{year}年":
            groups.append({"title": f"{year}年", "rows": []})
        groups[-1]["rows"].append({"title": title, "url": url, "count": len(entries), "description": ""})
        crumbs = [{"title": "往期", "url": "archive/"}]
        yield from _list_pages(viewer, url, f"往期：{title}", f"{title}发布的全部内容。", entries=entries, feed=None, crumbs=crumbs)
    yield _index("archive/", "往期", "按月份浏览全部内容。", groups)


def _index(url: str, title: str, description: str, groups: list[dict[str, Any]]) -> Artifact:
    view = {"title": title, "description": description, "groups": groups, "crumbs": [{"title": "首页", "url": ""}]}
    return page(Frame(url, title, description, is_wide=True), "index.html", view)


def _feed_page(feeds: dict[str, FeedList]) -> Artifact:
    groups: dict[str, list[dict[str, Any]]] = {}
    for found in feeds.values():
        groups.setdefault(found.group, []).append(found.view())
    words = "用阅读器订阅全部内容，或只订一个栏目、行业、话题；也可以把日程加进手机日历。"
    view = {
        "title": "全部订阅源",
        "description": words,
        "groups": [{"title": name, "rows": rows} for name, rows in groups.items()],
        "calendars": [
            {"title": "政策到期与申报截止", "url": "calendar/policies.ics"},
            {"title": "活动日程", "url": "calendar/events.ics"},
        ],
        "opml": "feeds.opml",
        "crumbs": [{"title": "首页", "url": ""}],
    }
    return page(Frame("feeds/", "全部订阅源", words, is_wide=True, feeds=feed_links(feeds.get(""))), "feeds.html", view)


def _not_found() -> Artifact:
    kinds = [{"title": kind.label, "url": f"{kind.folder}/"} for kind in LISTED_KINDS]
    return page(Frame("404.html", "没有找到这个页面", is_wide=True), "404.html", {"kinds": kinds, "title": "没有找到这个页面"})


def _home(viewer: Viewer, feeds: dict[str, FeedList]) -> Artifact:
    catalogue, settings = viewer.catalogue, viewer.catalogue.settings
    size = settings.home_entries
    listings = [entry for entry in catalogue.of_kind[Kind.LISTING] if catalogue.status[entry.id].is_live]

    def of_type(kind: ListingType) -> list[dict[str, Any]]:
        return viewer.cards([e for e in listings if isinstance(e.data, Listing) and e.data.type is kind][:size])

    upcoming = [entry for entry in catalogue.of_kind[Kind.EVENT] if catalogue.status[entry.id].is_live]
    edition = next(iter(catalogue.editions), None)
    view = {
        "title": settings.site_name,
        "description": settings.site_description,
        "latest": [
            {"title": kind.label, "url": f"{kind.folder}/", "kind": kind.value, "cards": viewer.cards(_newest(catalogue, kind)[:size])}
            for kind in (Kind.NEWS, Kind.POLICY, Kind.GUIDE, Kind.ENTERPRISE)
        ],
        "closing": viewer.cards(catalogue.closing[:size]),
        "demands": of_type(ListingType.DEMAND),
        "supplies": of_type(ListingType.SUPPLY),
        "cooperations": of_type(ListingType.COOPERATION),
        "listing_count": len(listings),
        "events": viewer.cards(upcoming[:size]),
        "edition": {"title": edition.data.title, "url": edition.url} if edition else None,
        "counts": [{"title": kind.label, "url": f"{kind.folder}/", "count": len(catalogue.of_kind[kind])} for kind in LISTED_KINDS],
        "feed": feeds[""].view() if "" in feeds else None,
    }
    frame = Frame("", settings.site_name, settings.site_description, is_wide=True, feeds=feed_links(feeds.get("")))
    return page(frame, "home.html", view, RANK_HOME)


def _newest(catalogue: Catalogue, kind: Kind) -> list[Entry]:
    """The live entries of a kind, newest first."""
    return [entry for entry in catalogue.live if entry.kind is kind]
