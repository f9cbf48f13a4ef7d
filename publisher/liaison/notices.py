"""Reminders in; lines for a terminal, one mail for each officer, or a calendar out. Nothing is sent here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from publisher.feeds.calendar import render_calendar
from publisher.feeds.feed import CalendarItem
from publisher.liaison.records import Register
from publisher.liaison.reminders import Reminder, by_officer
from publisher.markup import clean_text
from publisher.settings import Settings


class Notice(NamedTuple):
    """One mail: to whom, and the whole message (RFC 5322)."""

    officer: str
    address: str
    data: bytes


def to_text(reminders: list[Reminder], as_of: datetime, notes: list[str]) -> str:
    """The reminders by officer, with the record each is about."""
    lines = [f"{as_of:%Y-%m-%d} 的提醒，共 {len(reminders)} 条", *notes]
    for officer, rows in by_officer(reminders).items():
        lines += ["", f"{officer or '（没有干部）'}（{len(rows)}条）"]
        lines += [f"  {row.said(as_of.date())}  {row.place}" for row in rows]
    return "\n".join(lines)


def to_mail(reminders: list[Reminder], register: Register, settings: Settings, as_of: datetime, notes: list[str]) -> Iterator[Notice]:
    """One plain mail for each officer with a work address; the same day gives the same message and Message-ID."""
    for officer, rows in by_officer(reminders).items():
        found = register.officer_by_id.get(officer)
        if found is None or found.email is None:
            continue
        lines = [f"{officer}，您好：", "", f"截至 {as_of:%Y-%m-%d}，有 {len(rows)} 件事：", ""]
        lines += [f"{number}. {row.said(as_of.date())}。" for number, row in enumerate(rows, 1)]
        lines += ["", *notes, "办完的请记到记录里，记了就不再提醒。", "内部工作提醒，请不要转发到单位以外。", "", settings.publisher_name]
        message = EmailMessage(policy=SMTP)
        message["Subject"] = clean_text(f"{settings.mail.subject_prefix}工作提醒：{len(rows)}件事（{as_of:%Y-%m-%d}）")
        message["From"] = Address(settings.publisher_name, addr_spec=settings.mail.sender)
        message["To"] = Address(addr_spec=found.email)
        message["Reply-To"] = Address(addr_spec=settings.mail.reply_to)
        message["Date"] = format_datetime(as_of)
        text = clean_text("\n".join(lines)) + "\n"
        digest = hashlib.blake2b(f"{officer}\0{as_of:%Y-%m-%d}\0{text}".encode(), digest_size=12).hexdigest()
        message["Message-ID"] = f"<liaison-{as_of:%Y%m%d}-{officer}-{digest}@{settings.host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "zh-CN"
        message.set_content(text, cte="base64")
        yield Notice(officer, found.email, message.as_bytes())


def to_calendar(reminders: list[Reminder], settings: Settings, as_of: datetime) -> bytes:
    """Whole days in a calendar (RFC 5545); a reminder keeps its UID as long as it is about the same thing."""
    items = [
        CalendarItem(
            uid=f"liaison-{row.key}@{settings.host}",
            summary=f"{row.kind}：{row.officer or '（没有干部）'}",
            start=row.due,
            end=row.due + timedelta(days=1),
            url="",
            description=f"{row.words}\n{row.place}",
            created=as_of,
            changed=as_of,
        )
        for row in reminders
    ]
    return render_calendar("亲商助企提醒", "内部日历，不得公开", items, settings.host)
