"""A catalogue's editions in, the artifacts of their archive pages and mails out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from publisher.content.library import Edition
from publisher.digest.edition import REMINDER_SECTION
from publisher.digest.message import Envelope
from publisher.markup import render
from publisher.site.artifacts import RANK_LIST, Artifact, Frame
from publisher.site.heads import Head, show_day
from publisher.site.pages import page
from publisher.site.views import Viewer

#: The files of one edition beside its archive page.
MAIL_FILES = {"html": "digest.html", "text": "digest.txt", "eml": "digest.eml"}


def plan_editions(viewer: Viewer) -> Iterator[Artifact]:
    """The list of every edition whose period is over."""
    found = (viewer.catalogue.edition_head(edition_id) for edition_id in viewer.catalogue.row("editions"))
    rows = [{"title": e.title, "url": e.url, "day": e.day, "count": len(e.entries), "period": e.period_label} for e in found if e]
    words = "每期简报的存档；想定期收到，可以订阅邮件。"
    view = {"title": "简报", "description": words, "rows": rows, "crumbs": [{"title": "首页", "url": ""}]}
    yield page(Frame("editions/", "简报", words, is_wide=True), "editions.html", view)


def plan_edition(viewer: Viewer, edition_id: str) -> Iterator[Artifact]:
    """One edition: the archive page, the mail's HTML and text, and the complete message; nothing before its period is over."""
    head = viewer.catalogue.edition_head(edition_id)
    if head is None or not head.entries or head.end > viewer.catalogue.as_of.timestamp():
        return
    edition = viewer.catalogue.edition(edition_id)
    sections = sections_of(viewer, edition)
    files = {name: edition.url + file for name, file in MAIL_FILES.items()}
    intro = viewer.addresser.address(render(edition.data.intro, "intro-"), edition.source.path, "../../")
    view = {
        "title": edition.data.title,
        "period": edition.data.period.label,
        "day": show_day(edition.data.end),
        "from": show_day(edition.data.start),
        "to": show_day(edition.data.end - timedelta(seconds=1)),
        "intro": intro,
        "sections": [{"name": s["name"], "cards": [head.card for head in s["heads"]]} for s in sections],
        "files": files,
        "crumbs": [{"title": "首页", "url": ""}, {"title": "简报", "url": "editions/"}],
    }
    count = len(set(edition.entry_ids))
    frame = Frame(edition.url, edition.data.title, f"本期共{count}条。", is_wide=True)
    sources = (edition.source.path, *(head.path for s in sections for head in s["heads"]))
    yield page(frame, "edition.html", view, RANK_LIST, sources)
    mail = mail_view(viewer, edition, sections)
    envelope = make_envelope(viewer, edition, sections)
    for part, url in files.items():
        yield Artifact(url, "mail", {"part": part, "view": mail, "envelope": envelope}, "digest", rank=RANK_LIST, sources=sources)


def sections_of(viewer: Viewer, edition: Edition) -> list[dict[str, Any]]:
    """The sections that have something public in them: ``name``, ``heads``, ``is_reminder``."""
    rows = []
    for section in edition.data.sections:
        heads = [head for name in section.entries if (head := viewer.catalogue.head(name)) and head.is_public]
        if heads:
            rows.append({"name": section.name, "heads": heads, "is_reminder": section.is_reminder or section.name == REMINDER_SECTION})
    return rows


def _is_advertising(sections: list[dict[str, Any]]) -> bool:
    return any("广告" in head.card["labels"] for s in sections for head in s["heads"])


def mail_view(viewer: Viewer, edition: Edition, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """What the mail's two templates see; every address is absolute."""
    settings = viewer.catalogue.settings
    intro = render(edition.data.intro, "intro-")
    return {
        "title": edition.data.title,
        "site_name": settings.site_name,
        "site_url": settings.site_url,
        "archive_url": settings.absolute(edition.url),
        "from": show_day(edition.data.start),
        "to": show_day(edition.data.end - timedelta(seconds=1)),
        "intro": viewer.addresser.address(intro, edition.source.path, settings.site_url),
        "intro_text": intro.text,
        "sections": [{"name": s["name"], "items": [_item(viewer, head) for head in s["heads"]]} for s in sections],
        "is_advertising": _is_advertising(sections),
        "privacy_url": settings.absolute("privacy/"),
        "unsubscribe_url": settings.unsubscribe_url or f"mailto:{settings.mail.unsubscribe_mailto}?subject=TOKEN",
        "preferences_url": settings.preferences_url,
        "postal_address": settings.mail.postal_address,
        "publisher_name": settings.publisher_name,
    }


def _item(viewer: Viewer, head: Head) -> dict[str, Any]:
    names = ("title", "summary", "kind_label", "status", "status_label", "until", "facts", "labels")
    return {name: head.card[name] for name in names} | {"url": viewer.catalogue.settings.absolute(head.url)}


def make_envelope(viewer: Viewer, edition: Edition, sections: list[dict[str, Any]]) -> Envelope:
    """The headers of the edition as it is built: to a placeholder, from whom the settings say."""
    settings = viewer.catalogue.settings
    mail = settings.mail
    # 互联网电子邮件服务管理办法第十三条: commercial mail says so at the front of its subject.
    mark = "（广告）" if _is_advertising(sections) else ""
    return Envelope(
        subject=f"{mark}{mail.subject_prefix}{edition.data.title}",
        sender_name=settings.publisher_name,
        sender=mail.sender,
        recipient="subscriber@example.com",
        reply_to=mail.reply_to,
        message_id=f"{edition.id.lower()}.preview@{mail.sender.partition('@')[2]}",
        date=edition.data.end + timedelta(hours=9),
        list_id=mail.list_id,
        list_name=settings.site_name,
        unsubscribe_url=settings.unsubscribe_url,
        unsubscribe_mailto=mail.unsubscribe_mailto,
        archive_url=settings.absolute("editions/"),
        feedback_id=f"{edition.id.lower()}:{edition.data.period.value}:digest:{mail.list_id}",
    )
