"""An edition of the checked content in; what of it is for whom, and the finished message of each reader, out.

A segment is put together when its first reader comes, and kept while its readers are being written to.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from publisher.content.library import Edition
from publisher.content.model.kinds import Listing, Policy
from publisher.delivery.message_id import message_id
from publisher.delivery.outbox import Claim
from publisher.delivery.preferences import Item
from publisher.delivery.segments import Issue, Section, Selection
from publisher.delivery.sender import Skipped
from publisher.delivery.stamp import MARKS, Sheet, Stamp
from publisher.delivery.token import Purpose, Signer
from publisher.failure import PublisherError
from publisher.lifecycle import Status
from publisher.site.editions import mail_view, make_envelope, sections_of
from publisher.site.heads import Head
from publisher.site.render import Renderer
from publisher.site.rows import COUNTERPARTS
from publisher.site.views import Viewer

#: How many segments are kept put together: some 60 KB each.
_KEPT = 200
#: Seconds for which a link to a reader's preferences holds.
_PREFERENCES_HOLD = 90 * 86_400


def plan_issue(viewer: Viewer, edition: Edition) -> Issue:
    """What of an edition is for whom."""
    fits = _fits(viewer)
    sections = tuple(
        Section(section["name"], section["is_reminder"], tuple(_item(viewer, head, fits[head.id], section["is_reminder"]) for head in section["heads"]))
        for section in _sections(viewer, edition)
    )
    data = edition.data
    return Issue(edition.id, data.title, data.period.value, data.start.timestamp(), data.end.timestamp(), sections)


def _sections(viewer: Viewer, edition: Edition) -> list[dict[str, Any]]:
    """The sections without what has been withdrawn, of which only the archive page still tells."""
    found = []
    for section in sections_of(viewer, edition):
        if heads := [head for head in section["heads"] if head.status is not Status.WITHDRAWN]:
            found.append(section | {"heads": heads})
    return found


def _fits(viewer: Viewer) -> Mapping[str, set[str]]:
    """The enterprises of whose live listings each listing is a counterpart."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    catalogue = viewer.catalogue
    for enterprise in catalogue.row("enterprise-feeds"):
        for own in catalogue.row(f"enterprise-feed:{enterprise}"):
            for other in catalogue.row(COUNTERPARTS + own):
                found[other].add(enterprise)
    return found


def _item(viewer: Viewer, head: Head, fits: Iterable[str], is_reminder: bool) -> Item:
    data = viewer.catalogue.entry(head.id).data
    excluded: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    if isinstance(data, Policy):
        excluded, districts = data.audience.excluded_industries, data.audience.districts
    elif isinstance(data, Listing):
        districts = data.districts
    order = head.order
    return Item(
        head.id, order.kind, frozenset(order.tags), frozenset(order.industries), frozenset(excluded), frozenset(districts), frozenset(fits), is_reminder
    )


class Press:
    """Makes the messages of one edition; used by many threads."""

    def __init__(self, viewer: Viewer, renderer: Renderer, edition: Edition, *, signer: Signer, load: Callable[[int], Selection], now: datetime) -> None:
        self._viewer, self._renderer, self._edition = viewer, renderer, edition
        self._signer, self._load, self._now = signer, load, now
        self._host = viewer.catalogue.settings.mail.sender.rpartition("@")[2]
        self._sheets: OrderedDict[int, Sheet] = OrderedDict()
        self._lock = threading.Lock()

    def compose(self, claim: Claim) -> bytes:
        """The message of one reader; raises `Skipped`, and `PublisherError` when it is too large."""
        return self._sheet(claim.segment_id).stamp(self._stamp(claim))

    def _stamp(self, claim: Claim) -> Stamp:
        sign, reader, generation = self._signer.sign, claim.subscriber_id, claim.generation
        tokens = {
            "unsubscribe": sign(Purpose.UNSUBSCRIBE, reader, generation),
            "preferences": sign(Purpose.PREFERENCES, reader, generation, self._now.timestamp() + _PREFERENCES_HOLD),
        }
        return Stamp(claim.address, message_id(self._edition.id, reader, self._host, self._signer.key), tokens)

    def _sheet(self, segment_id: int) -> Sheet:
        with self._lock:
            sheet = self._sheets.get(segment_id)
            if sheet is None:
                sheet = self._sheets[segment_id] = self.put_together(self._load(segment_id))
                if len(self._sheets) > _KEPT:
                    self._sheets.popitem(last=False)
            return sheet

    def put_together(self, selection: Selection) -> Sheet:
        """The message of a segment; what has been withdrawn since is left out."""
        heads: dict[str, dict[str, Head]] = {section["name"]: {h.id: h for h in section["heads"]} for section in _sections(self._viewer, self._edition)}
        sections: list[dict[str, Any]] = []
        for name, ids in selection:
            if found := [heads[name][entry_id] for entry_id in ids if entry_id in heads.get(name, {})]:
                sections.append({"name": name, "heads": found})
        if not sections:
            raise Skipped("这封邮件的内容都已撤回", "all that the message was to tell of has been withdrawn")
        view = mail_view(self._viewer, self._edition, sections)
        view |= {"unsubscribe_url": _own(view["unsubscribe_url"], "unsubscribe"), "preferences_url": _own(view["preferences_url"], "preferences")}
        envelope = make_envelope(self._viewer, self._edition, sections)
        envelope = replace(envelope, unsubscribe_url=_own(envelope.unsubscribe_url, "unsubscribe"), date=self._now)
        try:
            return Sheet(envelope, self._renderer.mail_html(view), self._renderer.mail_text(view))
        except ValueError as error:
            raise PublisherError(f"简报太大，Gmail 会截断：{error}；请减少条目", f"the digest is too large: {error}") from error


def _own(url: str, mark: str) -> str:
    """A link with the place for the reader's own token."""
    return url.replace("TOKEN", MARKS[mark])
