"""A catalogue's editions in, the artifacts of their archive pages and mails out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from publisher.content.library import Edition, Entry
from publisher.digest.edition import REMINDER_SECTION
from publisher.digest.message import Envelope
from publisher.markup import render
from publisher.site.artifacts import RANK_LIST, Artifact, Frame
from publisher.site.views import Viewer, labels, show_day

#: The files of one edition beside its archive page.
MAIL_FILES = {"html": "digest.html", "text": "digest.txt", "eml": "digest.eml"}


def plan_editions(viewer: Viewer) -> Iterator[Artifact]:
    """The archive: its index, and for each edition a page and the mail in three forms."""
    editions = viewer.catalogue.editions
    rows = [{"title": e.data.title, "url": e.url, "day": show_day(e.data.end), "count": len(set(e.entry_ids)), "period": e.data.period.label} for e in editions]
    words = "每期简报的存档；想定期收到，可以订阅邮件。"
    view = {"title": "简报", "description": words, "rows": rows, "crumbs": [{"title": "首页", "url": ""}]}
    yield Artifact("editions/index.html", "page", view, "editions.html", Frame("editions/", "简报", words, is_wide=True), RANK_LIST)
    for edition in editions:
        yield from plan_edition_files(viewer, edition)


def plan_edition_files(viewer: Viewer, edition: Edition) -> Iterator[Artifact]:
    """One edition: the archive page, the mail's HTML and text, and the complete message."""
    sections = _sections(viewer, edition)
    files = {name: edition.url + file for name, file in MAIL_FILES.items()}
    intro = viewer.addresser.address(render(edition.data.intro, "intro-"), edition.source.path, "../../")
    view = {
        "title": edition.data.title,
        "period": edition.data.period.label,
        "day": show_day(edition.data.end),
        "from": show_day(edition.data.start),
        "to": show_day(edition.data.end - timedelta(seconds=1)),
        "intro": intro,
        "sections": [{"name": s["name"], "cards": viewer.cards(s["entries"])} for s in sections],
        "files": files,
        "crumbs": [{"title": "首页", "url": ""}, {"title": "简报", "url": "editions/"}],
    }
    count = len(set(edition.entry_ids))
    frame = Frame(edition.url, edition.data.title, f"本期共{count}条。", is_wide=True)
    sources = (edition.source.path, *(entry.path for s in sections for entry in s["entries"]))
    yield Artifact(f"{edition.url}index.html", "page", view, "edition.html", frame, RANK_LIST, sources)
    mail = mail_view(viewer, edition, sections)
    envelope = make_envelope(viewer, edition, sections)
    for part, url in files.items():
        yield Artifact(url, "mail", {"part": part, "view": mail, "envelope": envelope}, "digest", rank=RANK_LIST, sources=sources)


def _sections(viewer: Viewer, edition: Edition) -> list[dict[str, Any]]:
    by_id, status = viewer.catalogue.library.by_id, viewer.catalogue.status
    rows = []
    for section in edition.data.sections:
        entries = [by_id[name] for name in section.entries if name in by_id and status[name].is_public]
        if entries:
            rows.append({"name": section.name, "entries": entries, "is_reminder": section.is_reminder or section.name == REMINDER_SECTION})
    return rows


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
        "sections": [{"name": s["name"], "items": [_item(viewer, entry) for entry in s["entries"]]} for s in sections],
        "is_advertising": any(entry.data.advertisement for s in sections for entry in s["entries"]),
        "subscribe_url": settings.absolute("subscribe/"),
        "privacy_url": settings.absolute("privacy/"),
        "unsubscribe_url": settings.mail.unsubscribe_url,
        "postal_address": settings.mail.postal_address,
        "publisher_name": settings.publisher_name,
    }


def _item(viewer: Viewer, entry: Entry) -> dict[str, Any]:
    card = viewer.card(entry)
    return {
        "title": entry.title,
        "url": viewer.catalogue.settings.absolute(card["url"]),
        "summary": card["summary"],
        "kind_label": card["kind_label"],
        "status": card["status"],
        "status_label": card["status_label"],
        "until": card["until"],
        "facts": card["facts"],
        "labels": labels(entry),
    }


def make_envelope(viewer: Viewer, edition: Edition, sections: list[dict[str, Any]]) -> Envelope:
    """The headers of the edition as it is built: to a placeholder, from whom the settings say."""
    settings = viewer.catalogue.settings
    mail = settings.mail
    is_advertising = any(entry.data.advertisement for s in sections for entry in s["entries"])
    # 互联网电子邮件服务管理办法第十三条: commercial mail says so at the front of its subject.
    mark = "（广告）" if is_advertising else ""
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
        unsubscribe_url=mail.unsubscribe_url,
        unsubscribe_mailto=mail.unsubscribe_mailto,
        archive_url=settings.absolute("editions/"),
        feedback_id=f"{edition.id.lower()}:{edition.data.period.value}:digest:{mail.list_id}",
    )
