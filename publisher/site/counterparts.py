"""A listing's row of counterparts in, what its page, its enterprise's page and its enterprise's feed say of them out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup

from publisher.clock import SHANGHAI
from publisher.content.model.vocabulary import Kind
from publisher.counterparts.affinity import reasons
from publisher.feeds.feed import FORMATS, Feed, FeedItem
from publisher.lifecycle import Status
from publisher.site.artifacts import RANK_FEED, Artifact
from publisher.site.catalogue import Catalogue
from publisher.site.feeds import FEED_FORMATS, FeedList, entry_item, told_apart
from publisher.site.heads import Head, path_url
from publisher.site.rows import COUNTERPARTS
from publisher.site.views import Viewer


def counterparts_of(catalogue: Catalogue, listing_id: str) -> list[tuple[Head, str]]:
    """The best counterparts of a listing, each with the reason in a sentence."""
    names = catalogue.row(COUNTERPARTS + listing_id)
    own = catalogue.offer(listing_id) if names else None
    if own is None:
        return []
    found = ((catalogue.known(name), catalogue.offer(name)) for name in names)
    return [(head, reasons(own, offer)) for head, offer in found if offer]


def counterpart_cards(catalogue: Catalogue, listing_id: str) -> list[dict[str, Any]]:
    """The same as a page shows them."""
    return [head.card | {"reason": reason} for head, reason in counterparts_of(catalogue, listing_id)]


def counterpart_refs(viewer: Viewer, head: Head) -> dict[str, Any]:
    """What an entry's page is given: whom a listing fits; each live listing of an enterprise, with its feed; nothing for other kinds."""
    catalogue = viewer.catalogue
    if head.status is Status.WITHDRAWN or head.kind not in (Kind.LISTING, Kind.ENTERPRISE):
        return {}
    if head.kind is Kind.LISTING:
        return {"counterparts": counterpart_cards(catalogue, head.id)}
    feed = enterprise_feed(catalogue, head.id)
    heads = [catalogue.known(name) for name in catalogue.row(f"enterprise-feed:{head.id}")] if feed else []
    groups = [{"title": own.title, "url": own.url, "cards": counterpart_cards(catalogue, own.id)} for own in heads]
    service = catalogue.settings.service_url
    signup = f"{service}subscribe?enterprise={head.id}" if feed and service else ""
    return {"signup": signup, "feed": feed.view() if feed else None, "counterparts": [group for group in groups if group["cards"]]}


def enterprise_feed(catalogue: Catalogue, enterprise_id: str) -> FeedList | None:
    """The feed of an enterprise's listings and their counterparts; none when it has no live listing."""
    if not catalogue.has(f"enterprise-feed:{enterprise_id}"):
        return None
    head = catalogue.known(enterprise_id)
    return FeedList(f"enterprises/{enterprise_id}", "企业", f"{head.title}的供需和对接", head.url)


def plan_enterprise_feed(viewer: Viewer, enterprise_id: str) -> Iterator[Artifact]:
    """An enterprise's live listings and the counterparts of each, in every format."""
    catalogue, settings = viewer.catalogue, viewer.catalogue.settings
    found = enterprise_feed(catalogue, enterprise_id)
    assert found is not None, enterprise_id
    heads = [catalogue.known(name) for name in catalogue.row(f"enterprise-feed:{enterprise_id}")]
    items: list[FeedItem] = []
    for head in heads[: settings.feed_entries]:
        items += [_match_item(viewer, head, other, reason) for other, reason in counterparts_of(catalogue, head.id)]
        items.append(viewer.kept(head, entry_item))
    items.sort(key=lambda item: (-item.updated.timestamp(), item.id))
    feed = Feed(
        id=f"tag:{settings.host},{settings.founded}:feed/{path_url(found.key)}",
        title=f"{settings.site_name}：{found.title}",
        description="这家企业正在对接的供需，以及平台按条件找到的可能合适的对象。",
        page_url=settings.absolute(found.url),
        base_url=settings.absolute(found.url),
        author=settings.publisher_name,
        updated=max(item.updated for item in items),
        items=told_apart(items[: settings.feed_entries]),
    )
    sources = tuple(head.path for head in heads)
    for recipe, _ in FEED_FORMATS:
        yield Artifact(unquote(found.url) + FORMATS[recipe][0], recipe, {"feed": feed}, rank=RANK_FEED, sources=sources)


def _match_item(viewer: Viewer, own: Head, other: Head, reason: str) -> FeedItem:
    """One counterpart as an item: new when either of the two is, and named by both."""
    settings = viewer.catalogue.settings
    words = f"与“{own.title}”可能合适：{reason}。"
    facts = "｜".join(other.card["facts"])
    html = Markup('<p>{}</p>\n<p><a href="{}">{}</a>{}</p>\n<p>联系由平台转达，请报编号{}。</p>').format(
        words, settings.absolute(other.url), other.title, f"（{facts}）" if facts else "", other.id
    )
    moment = datetime.fromtimestamp(max(own.order.published, other.order.published), SHANGHAI)
    return FeedItem(
        id=f"tag:{settings.host},{settings.founded}:counterpart/{own.id}/{other.id}",
        url=settings.absolute(other.url),
        title=f"【可能合适】{other.title}",
        summary=words,
        html=str(html),
        published=moment,
        updated=moment,
        categories=("供需对接",),
        author="",
    )
