"""Listings that end soon in, reminders to their listers out; what they answer kept until an editor's file has it.

A reminder is claimed in the database before it is sent: killed in between, it is not sent again, and the command says so. Addresses are never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from publisher.clock import SHANGHAI
from publisher.content.library import Entry, Library
from publisher.content.model.kinds import Enterprise, Listing
from publisher.content.model.vocabulary import Kind
from publisher.delivery.address import needs_smtputf8
from publisher.delivery.schema import renewal
from publisher.delivery.token import Purpose, Signer
from publisher.digest.plaintext import wrap
from publisher.lifecycle import Status, status
from publisher.markup import clean_text
from publisher.settings import Settings

#: Days before the end at which a lister is asked; the first whose time has come and that the others do not overtake.
REMINDERS = (14, 3)
#: For how many days a listing holds on when its lister says so, `Settings.listing_days` at most.
HOLDS_ON = 90
#: Seconds after the end for which an answer is still taken.
_GRACE = 14 * 86_400
#: What a lister may answer, in the words of the page.
ANSWERS = {"holds": "仍有效", "reached": "已对接", "withdrawn": "撤下"}
#: Letters of a partner's name that are kept.
PARTNER_LENGTH = 60


class Due(NamedTuple):
    """A listing whose lister is to be asked; without an address somebody must telephone, ``phone`` is what is known for that."""

    entry: Entry
    days: int
    ends: datetime
    address: str
    enterprise: str
    phone: str


def due_listings(library: Library, settings: Settings, as_of: datetime) -> list[Due]:
    """Every live listing whose end has come near, the nearest first."""
    found = []
    for entry in library.of_kind(Kind.LISTING):
        data = entry.data
        assert isinstance(data, Listing)
        if status(entry, as_of, settings.closing_days) not in (Status.LIVE, Status.CLOSING):
            continue
        days = next((days for days in sorted(REMINDERS) if data.expires - timedelta(days=days) <= as_of), None)
        if days is not None:
            owner = library.by_id.get(data.enterprise)
            known = owner.data if owner and isinstance(owner.data, Enterprise) else None
            phone = data.contact.mobile or data.contact.phone or (known.phone if known else None) or ""
            found.append(Due(entry, days, data.expires, data.contact.email or "", known.title if known else data.enterprise, phone))
    return sorted(found, key=lambda one: (one.ends, one.entry.id))


def claim(connection: Connection, one: Due, now: float) -> int | None:
    """Take a reminder into our hands; its number, or None when somebody has had it before."""
    values = {"listing_id": one.entry.id, "title": one.entry.title, "ends_at": one.ends.timestamp(), "days": one.days, "claimed_at": now}
    try:
        with connection.begin_nested():
            return int(connection.execute(insert(renewal).values(values).returning(renewal.c.id)).scalar_one())
    except IntegrityError:
        return None


def settle(connection: Connection, number: int, now: float, *, is_sent: bool) -> None:
    """Write down that a reminder went out, or let it go so that the next run tries it again."""
    mine = renewal.c.id == number
    connection.execute(update(renewal).where(mine).values(sent_at=now) if is_sent else delete(renewal).where(mine))


def asked_already(connection: Connection, one: Due) -> Row[Any] | None:
    """The reminder as it stands in the database."""
    mine = (renewal.c.listing_id == one.entry.id, renewal.c.ends_at == one.ends.timestamp(), renewal.c.days == one.days)
    return connection.execute(select(renewal).where(*mine)).first()


def find_renewal(connection: Connection, number: int) -> Row[Any] | None:
    """A reminder by its number, locked until the transaction ends."""
    return connection.execute(select(renewal).where(renewal.c.id == number).with_for_update()).first()


def answer(connection: Connection, number: int, words: str, partner: str, now: float) -> bool:
    """Keep a lister's answer, the last one that came before it was applied; False when it is too late for that."""
    row = find_renewal(connection, number)
    if row is None or row.applied_at is not None:
        return False
    values = {"answer": words, "partner": " ".join(clean_text(partner).split())[:PARTNER_LENGTH] if words == "reached" else "", "answered_at": now}
    connection.execute(update(renewal).where(renewal.c.id == number).values(values))
    return True


def answers_to_apply(connection: Connection) -> list[Row[Any]]:
    """The answers that no file has yet: of each listing the last."""
    rows = connection.execute(
        select(renewal).where(renewal.c.answer.is_not(None), renewal.c.applied_at.is_(None)).order_by(renewal.c.answered_at, renewal.c.id)
    )
    return list({row.listing_id: row for row in rows}.values())


def note_applied(connection: Connection, listing_ids: Iterable[str], now: float) -> None:
    """Write down that the files have what was answered."""
    for listing_id in listing_ids:
        mine = (renewal.c.listing_id == listing_id, renewal.c.answer.is_not(None), renewal.c.applied_at.is_(None))
        connection.execute(update(renewal).where(*mine).values(applied_at=now))


def amendments(row: Row[Any], settings: Settings) -> Mapping[str, str]:
    """What an answer changes in the listing's file: fields and their values as YAML."""
    at = datetime.fromtimestamp(row.answered_at, SHANGHAI)
    moment = f"{at:%Y-%m-%d %H:%M}"
    if row.answer == "holds":
        last = at.date() + timedelta(days=min(HOLDS_ON, settings.listing_days))
        return {"expires": max(last.isoformat(), f"{datetime.fromtimestamp(row.ends_at - 1, SHANGHAI):%Y-%m-%d}"), "updated": moment}
    if row.answer == "reached":
        partner = f"对接对象: {_quoted(row.partner)}, " if row.partner else ""
        return {"state": "已达成", "outcome": f"{{{partner}签约日期: {at:%Y-%m-%d}, 公开: 否}}"}
    return {"state": "已撤回", "withdrawal": f"{{时间: {moment}, 说明: 发布方要求撤下。}}"}


def _quoted(text: str) -> str:
    """A text as a single-quoted YAML scalar on one line (YAML 1.2 section 7.3.2)."""
    return "'" + text.replace("'", "''") + "'"


def write_reminder(one: Due, number: int, settings: Settings, signer: Signer, now: datetime) -> bytes:
    """The mail that asks (RFC 5322): one link, behind which a page asks and a button acts; without the service, an answer by mail."""
    mail = settings.mail
    token = signer.sign(Purpose.LISTING, number, 0, one.ends.timestamp() + _GRACE)
    last = (one.ends - timedelta(seconds=1)).astimezone(SHANGHAI)
    if settings.service_url:
        how = ["请打开下面的地址选一项，按了按钮才算：", f"{settings.service_url}l/{token}"]
    else:
        how = [f"请回复这封邮件，写明编号{one.entry.id}和上面三项里的一项。"]
    parts = [
        f"{one.enterprise}：",
        f"您发布的“{one.entry.title}”有效期到{last:%Y年%m月%d日}。请告诉我们现在怎样：",
        *(f"  · {words}" for words in ("仍有效——接着登", "已对接——登记成果，不再登", "撤下——不再登")),
        *how,
        "不回复，到期后自动下架，原来的网址留一句说明。",
        f"{settings.publisher_name}{f'，{mail.postal_address}' if mail.postal_address else ''}",
        settings.absolute(one.entry.url),
    ]
    text = clean_text("\n\n".join(wrap(part) if "://" not in part else part for part in parts)) + "\n"
    message = EmailMessage(policy=SMTP.clone(utf8=True) if needs_smtputf8(one.address) else SMTP)
    message["Subject"] = _header(f"{mail.subject_prefix}“{one.entry.title}”快到期了，还有效吗？")
    message["From"] = Address(_header(settings.publisher_name), addr_spec=mail.sender)
    message["To"] = Address(addr_spec=one.address)
    message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Date"] = format_datetime(now)
    digest = hashlib.blake2b(token.encode(), digest_size=12).hexdigest()
    message["Message-ID"] = f"<listing.{digest}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN"
    message.set_content(text, cte="base64")
    return message.as_bytes()


def _header(text: str) -> str:
    return " ".join(clean_text(text).split())
