"""A catalogue in, the artifacts of all HTML pages out. Pure: it names templates and gives them views, and renders nothing.

Each function here plans one unit: what belongs to one entry, one kind, one tag and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from publisher.content.codes import industries
from publisher.content.model.vocabulary import Kind, ListingType
from publisher.lifecycle import Status
from publisher.settings import Settings
from publisher.site.artifacts import RANK_ENTRY, RANK_HOME, RANK_LIST, Artifact, FeedLink, Frame, Shown
from publisher.site.counterparts import counterpart_refs, enterprise_feed
from publisher.site.feeds import FeedList, find_feed
from publisher.site.finder import find_finder, plan_finder
from publisher.site.heads import industry_title
from publisher.site.jsonld import entry_nodes, site_nodes
from publisher.site.meta import SHARE_SIZE
from publisher.site.outcomes import show_outcomes
from publisher.site.views import Viewer, tag_url

#: The kinds with a page of their own, in the order of the navigation.
LISTED_KINDS = (Kind.NEWS, Kind.POLICY, Kind.LISTING, Kind.GUIDE, Kind.EVENT, Kind.ENTERPRISE, Kind.TALLY)

#: What each kind's page says of itself.
KIND_WORDS = {
    Kind.NEWS: "街区里的开业、招商、招聘、展会和便民消息。",
    Kind.POLICY: "用大白话讲清国家和地方的惠企政策：谁能享受、能得什么、怎么办、到什么时候。",
    Kind.LISTING: "街区企业的需求、供给和合作意向，由平台转达联系。",
    Kind.GUIDE: "登记、年报、涉税等事项怎么办：材料、步骤、时限，能代办、能陪办。",
    Kind.EVENT: "政策宣讲、对接会、座谈会和便民服务，可加入手机日历。",
    Kind.ENTERPRISE: "街区企业、个体工商户和项目的名录。",
    Kind.TALLY: "亲商助企干部每个月为企业做了什么：上门多少次、问题办结多少、办件几天办好。只公布合计，看不出哪一家、哪一个人。",
}


def page(frame: Frame, template: str, view: dict[str, Any], rank: int = RANK_LIST, sources: tuple[str, ...] = ()) -> Artifact:
    """An artifact for one page in the site's frame."""
    if "crumbs" in view and not frame.crumbs:
        frame = replace(frame, crumbs=_steps(view["crumbs"]))
    path = unquote(frame.url if frame.url.endswith(".html") else f"{frame.url}index.html")  # a server looks for the file by the plain name
    return Artifact(path, "page", view, template, frame, rank, sources)


def _steps(crumbs: Sequence[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((crumb["title"], crumb["url"]) for crumb in crumbs)


def feed_links(found: FeedList | None) -> tuple[FeedLink, ...]:
    """What a page's head says of a feed."""
    return tuple(FeedLink(*link) for link in found.links) if found else ()


def plan_entry(viewer: Viewer, entry_id: str) -> Iterator[Artifact]:
    """The page of an entry, or its tombstone; nothing while it is not public."""
    head = viewer.catalogue.known(entry_id)
    if not head.is_public:
        return
    kind, url = head.kind, head.url
    view = viewer.entry(entry_id, "../" * url.count("/"))
    crumbs = _crumbs(kind)
    settings = viewer.catalogue.settings
    is_tombstone = head.status is Status.WITHDRAWN
    entry = viewer.catalogue.entry(entry_id)
    shown = Shown(**view["image"]) if view["image"] else None
    if settings.share_cards and not shown and kind is not Kind.PAGE:
        card = _card(view, settings, head.path)
        shown = Shown(card.path, *SHARE_SIZE, head.title)
        yield card
    frame = Frame(
        url=url,
        title=head.title,
        description=view["summary"],
        section="" if kind is Kind.PAGE else kind.folder,
        toc=() if is_tombstone else tuple((h.level, h.anchor, h.text) for h in entry.html.headings if h.level in (2, 3)),
        feeds=feed_links(enterprise_feed(viewer.catalogue, entry_id) if kind is Kind.ENTERPRISE else None)
        + (feed_links(find_feed(viewer.catalogue, kind.folder)) if kind is not Kind.PAGE else ()),
        published=view["iso_published"],
        modified=view["iso_updated"],
        image=shown,
        crumbs=_steps(crumbs),
        named=_names(view, settings),
        nodes=entry_nodes(view, settings),
    )
    template = "tombstone.html" if is_tombstone else f"entries/{kind.value}.html"
    view["refs"] |= counterpart_refs(viewer, head)
    extra = (_signup(settings) if url == "subscribe/" else _NO_SIGNUP) if kind is Kind.PAGE else {}
    yield page(frame, template, {"entry": view, "crumbs": crumbs} | extra, RANK_ENTRY, (head.path,))


#: What somebody who subscribes by mail finds written already, for `publisher.delivery.wish` to read.
_LETTER = "频率：每周\r\n栏目：\r\n主题：\r\n行业：\r\n地区：\r\n\r\n（空着就是不限，一行里写几个用“、”隔开。寄出以后会收到一封确认邮件，回复它才算订上。）"

_NO_SIGNUP = {"signup": "", "letter": ""}


def _signup(settings: Settings) -> dict[str, Any]:
    """Where the form of the site goes: the service, or a letter where none runs; neither while the address is a placeholder."""
    if not settings.subscribe_mailto:
        return {"signup": settings.service_url, "letter": ""}
    return {"signup": "", "letter": f"mailto:{settings.subscribe_mailto}?subject={quote('订阅简报')}&body={quote(_LETTER)}"}


def _card(view: dict[str, Any], settings: Settings, source: str) -> Artifact:
    """The picture of an entry for sharing; it stands in the plan before the page that names it."""
    facts = "｜".join([*([view["status_label"]] if view["status_label"] else []), *view["facts"], *([f"{view['until']}截止"] if view["until"] else [])])
    inputs = {"title": view["title"], "column": view["kind_label"], "facts": facts, "site": settings.site_name}
    return Artifact(f"share/{view['url'].rstrip('/')}.png", "card", inputs, rank=RANK_ENTRY, sources=(source,))


def _names(view: dict[str, Any], settings: Settings) -> tuple[tuple[str, str], ...]:
    """What meta elements say of an entry: where it comes from, what it is about, who wrote it."""
    f = view["f"]
    source = f["source"]["name"] if f and f["source"] else settings.publisher_name
    return (("ContentSource", source), ("Keywords", ",".join(tag["name"] for tag in view["tags"])), ("Author", (f and f["author"]) or ""))


def _crumbs(kind: Kind) -> list[dict[str, str]]:
    if kind is Kind.PAGE:
        return [{"title": "首页", "url": ""}]
    return [{"title": "首页", "url": ""}, {"title": kind.label, "url": f"{kind.folder}/"}]


def _list_pages(
    viewer: Viewer,
    url: str,
    title: str,
    description: str,
    *,
    row: str,
    feed: FeedList | None,
    section: str = "",
    template: str = "list.html",
    crumbs: Sequence[dict[str, str]] = (),
    **extra: Any,
) -> Iterator[Artifact]:
    """A list and its further pages: ``url`` and ``url``page/2/ and so on."""
    size = viewer.catalogue.settings.per_page
    ids = viewer.catalogue.row(row)
    count = max(1, -(-len(ids) // size))
    urls = [url if number == 1 else f"{url}page/{number}/" for number in range(1, count + 1)]
    for number, here in enumerate(urls, 1):
        view = {
            "title": title,
            "description": description,
            "cards": viewer.cards(ids[(number - 1) * size : number * size]),
            "total": len(ids),
            "number": number,
            "pager": _pager(number, urls),
            "feed": feed.view() if feed else None,
            "crumbs": [{"title": "首页", "url": ""}, *crumbs],
            **extra,
        }
        name = title if number == 1 else f"{title}（第{number}页）"
        yield page(Frame(here, name, description, section, is_wide=True, feeds=feed_links(feed)), template, view)


def _pager(number: int, urls: Sequence[str]) -> dict[str, Any] | None:
    """The links to the other pages of a list: the first, the last and those nearby; None where a gap is. Nothing for a single page."""
    if len(urls) == 1:
        return None
    near = sorted({1, len(urls), *range(max(1, number - 2), min(len(urls), number + 2) + 1)})
    steps: list[dict[str, Any] | None] = []
    for before, here in zip([0, *near], near, strict=False):
        steps += [None] if here > before + 1 else []
        steps.append({"number": here, "url": urls[here - 1]})
    following = urls[number] if number < len(urls) else None
    return {"steps": steps, "count": len(urls), "previous": urls[number - 2] if number > 1 else None, "next": following}


def plan_kind(viewer: Viewer, name: str) -> Iterator[Artifact]:
    """The list of a kind, and what its finder reads."""
    kind = next(kind for kind in LISTED_KINDS if kind.value == name)
    folder = kind.folder
    calendar = {Kind.POLICY: "calendar/policies.ics", Kind.EVENT: "calendar/events.ics"}.get(kind, "")
    finder = find_finder(kind)
    shown = finder.view() if finder else None
    extra: dict[str, Any] = {"section": folder, "kind": kind.value, "calendar": calendar, "finder": shown}
    extra["template"] = "tallies.html" if kind is Kind.TALLY else "kind.html"
    extra["outcomes"] = show_outcomes(viewer.catalogue.row("outcomes")) if kind is Kind.LISTING else None
    feed = find_feed(viewer.catalogue, folder)
    yield from _list_pages(viewer, f"{folder}/", kind.label, KIND_WORDS[kind], row=f"kind:{kind.value}", feed=feed, **extra)
    if finder:
        yield plan_finder(viewer.catalogue, finder)


def plan_tag(viewer: Viewer, tag: str) -> Iterator[Artifact]:
    """The list of a tag."""
    catalogue = viewer.catalogue
    known = catalogue.taxonomy.tags.get(tag)
    words = known.description if known else ""
    crumbs = [{"title": "标签", "url": "tags/"}]
    feed = find_feed(catalogue, f"tags/{tag}")
    yield from _list_pages(viewer, tag_url(catalogue.taxonomy, tag), f"标签：{tag}", words, row=f"tag:{tag}", feed=feed, crumbs=crumbs)


def plan_tags(viewer: Viewer) -> Iterator[Artifact]:
    """All tags, each with the number of its entries."""
    catalogue = viewer.catalogue
    rows = []
    for tag in catalogue.row("tags"):
        known = catalogue.taxonomy.tags.get(tag)
        count = len(catalogue.row(f"tag:{tag}"))
        rows.append({"title": tag, "url": tag_url(catalogue.taxonomy, tag), "count": count, "description": known.description if known else ""})
    yield _index("tags/", "标签", "按话题浏览全部内容。", [{"title": "", "rows": rows}])


def plan_industry(viewer: Viewer, code: str) -> Iterator[Artifact]:
    """The list of an industry."""
    crumbs = [{"title": "行业", "url": "industries/"}]
    words = "按国民经济行业分类（GB/T 4754-2017）归类的内容。"
    feed = find_feed(viewer.catalogue, f"industries/{code}")
    yield from _list_pages(viewer, f"industries/{code}/", industry_title(code), words, row=f"industry:{code}", feed=feed, crumbs=crumbs)


def plan_industries(viewer: Viewer) -> Iterator[Artifact]:
    """All industries below their sections, each with the number of its entries."""
    groups: list[dict[str, Any]] = []
    for code in viewer.catalogue.row("industries"):
        title = industry_title(code)
        row = {"title": title, "url": f"industries/{code}/", "count": len(viewer.catalogue.row(f"industry:{code}")), "description": ""}
        if industries()[code].is_section:
            groups.append({"title": title, "rows": [row]})
        else:
            groups[-1]["rows"].append(row)
    yield _index("industries/", "行业", "按国民经济行业分类（GB/T 4754-2017）浏览。", groups)


def _month_words(month: str) -> tuple[str, str]:
    """The address and the name of a month written ``YYYY-MM``."""
    year, number = month.split("-")
    return f"archive/{year}/{number}/", f"{year}年{int(number)}月"


def plan_month(viewer: Viewer, month: str) -> Iterator[Artifact]:
    """What was published in a month."""
    url, title = _month_words(month)
    crumbs = [{"title": "往期", "url": "archive/"}]
    yield from _list_pages(viewer, url, f"往期：{title}", f"{title}发布的全部内容。", row=f"month:{month}", feed=None, crumbs=crumbs)


def plan_months(viewer: Viewer) -> Iterator[Artifact]:
    """All months below their years, each with the number of its entries."""
    groups: list[dict[str, Any]] = []
    for month in viewer.catalogue.row("months"):
        url, title = _month_words(month)
        year = f"{month[:4]}年"
        if not groups or groups[-1]["title"] != year:
            groups.append({"title": year, "rows": []})
        groups[-1]["rows"].append({"title": title, "url": url, "count": len(viewer.catalogue.row(f"month:{month}")), "description": ""})
    yield _index("archive/", "往期", "按月份浏览全部内容。", groups)


def _index(url: str, title: str, description: str, groups: list[dict[str, Any]]) -> Artifact:
    view = {"title": title, "description": description, "groups": groups, "crumbs": [{"title": "首页", "url": ""}]}
    return page(Frame(url, title, description, is_wide=True), "index.html", view)


def plan_feed_page(viewer: Viewer) -> Iterator[Artifact]:
    """The page that lists every feed."""
    feeds = [feed for key in viewer.catalogue.row("feeds") if (feed := find_feed(viewer.catalogue, key))]
    groups: dict[str, list[dict[str, Any]]] = {}
    for found in feeds:
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
    yield page(Frame("feeds/", "全部订阅源", words, is_wide=True, feeds=feed_links(find_feed(viewer.catalogue, ""))), "feeds.html", view)


def plan_not_found(_viewer: Viewer) -> Iterator[Artifact]:
    """The page for addresses that are not there."""
    kinds = [{"title": kind.label, "url": f"{kind.folder}/"} for kind in LISTED_KINDS]
    yield page(Frame("404.html", "没有找到这个页面", is_wide=True), "404.html", {"kinds": kinds, "title": "没有找到这个页面"})


def plan_search(viewer: Viewer) -> Iterator[Artifact]:
    """The page that searches; its results are made in the browser. Nothing when search is set off."""
    if not viewer.catalogue.settings.search:
        return
    words = "搜标题、摘要和全文：繁体、全角、各种括号的文号都认得。"
    kinds = [{"title": kind.label, "url": f"{kind.folder}/"} for kind in LISTED_KINDS]
    view = {"title": "搜索", "description": words, "kinds": kinds, "crumbs": [{"title": "首页", "url": ""}]}
    yield page(Frame("search/", "搜索", words, is_wide=True), "search.html", view)


def plan_home(viewer: Viewer) -> Iterator[Artifact]:
    """The front page."""
    catalogue, settings = viewer.catalogue, viewer.catalogue.settings
    newest = next(iter(catalogue.row("editions")), None)
    edition = catalogue.edition_head(newest) if newest else None
    feed = find_feed(catalogue, "")

    def shown(row: str) -> list[dict[str, Any]]:
        return viewer.cards(catalogue.row(row))

    view = {
        "title": settings.site_name,
        "description": settings.site_description,
        "latest": [
            {"title": kind.label, "url": f"{kind.folder}/", "kind": kind.value, "cards": shown(f"newest:{kind.value}")}
            for kind in (Kind.NEWS, Kind.POLICY, Kind.GUIDE, Kind.ENTERPRISE)
        ],
        "closing": shown("closing"),
        "demands": shown(f"offer:{ListingType.DEMAND.value}"),
        "supplies": shown(f"offer:{ListingType.SUPPLY.value}"),
        "cooperations": shown(f"offer:{ListingType.COOPERATION.value}"),
        "listing_count": len(catalogue.row("open-listings")),
        "events": shown("coming"),
        "tally": next(iter(shown("tally")), None),
        "edition": {"title": edition.title, "url": edition.url} if edition else None,
        "counts": [{"title": kind.label, "url": f"{kind.folder}/", "count": len(catalogue.row(f"kind:{kind.value}"))} for kind in LISTED_KINDS],
        "feed": feed.view() if feed else None,
        "has_search": settings.search,
    } | _signup(settings)
    frame = Frame("", settings.site_name, settings.site_description, is_wide=True, feeds=feed_links(feed), nodes=site_nodes(settings))
    yield page(frame, "home.html", view, RANK_HOME)
