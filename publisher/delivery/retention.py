"""How long personal data is kept, and what is deleted when that is over (PIPL 19, 47); and what is held of one person, for that person (PIPL 45)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from publisher.clock import SHANGHAI
from publisher.delivery.address import address_digest
from publisher.delivery.choice import choice_of
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import allowance, bounce, consent, heard, letter, message, notice, request, subscriber, suppression
from publisher.delivery.subscribers import CONFIRM_WITHIN

_DAY = 86_400.0
#: For how long a letter that was done is known again; mailboxes keep some unread for weeks.
_HEARD_DAYS = 90


def purge(connection: Connection, *, unconfirmed_days: int, withdrawn_days: int, now: float) -> dict[str, int]:
    """Delete what has been kept long enough; gives how many of each sort. Suppressions stay: they hold no address."""
    old, older = now - unconfirmed_days * _DAY, now - withdrawn_days * _DAY
    # Who asked again lately is still waited for.
    waits = func.coalesce(subscriber.c.requested_at, subscriber.c.created_at)
    gone = {
        "asked": _delete(connection, subscriber, (subscriber.c.state == "asked") & (waits <= old)),
        "withdrawn": _delete(connection, subscriber, subscriber.c.state.in_(("withdrawn", "suppressed")) & (subscriber.c.changed_at <= older)),
        "request": _delete(connection, request, request.c.at <= old),
        "notice": _delete(connection, notice, notice.c.at <= older),
        "heard": _delete(connection, heard, heard.c.at <= now - _HEARD_DAYS * _DAY),
        "allowance": _delete(connection, allowance, allowance.c.filled_at <= now - _DAY),
    }
    late = subscriber.c.requested_at <= now - CONFIRM_WITHIN
    connection.execute(update(subscriber).where(late, subscriber.c.state != "asked").values(requested_at=None, wanted=None))
    return gone


def _delete(connection: Connection, table: Table, condition: Any) -> int:
    return connection.execute(delete(table).where(condition)).rowcount


def tidy(connection: Connection, canonical: Callable[[str], str]) -> int:
    """Write readers' tags under the names that they have now; gives how many readers that concerns."""
    moved = 0
    for written in connection.execute(select(subscriber.c.preferences).distinct()).scalars().all():
        settled = Preferences.from_json(written).settled(canonical).to_json()
        if settled != written:
            moved += connection.execute(update(subscriber).where(subscriber.c.preferences == written).values(preferences=settled)).rowcount
    return moved


def chosen_tags(connection: Connection) -> dict[str, int]:
    """How many readers chose each tag, of those who may still get mail."""
    counts: dict[str, int] = {}
    stays = subscriber.c.state.in_(("active", "asked"))
    for written, count in connection.execute(select(subscriber.c.preferences, func.count()).where(stays).group_by(subscriber.c.preferences)):
        for tag in Preferences.from_json(written).tags:
            counts[tag] = counts.get(tag, 0) + count
    return counts


def held(connection: Connection, address: str, key: bytes) -> dict[str, Any]:
    """All that is held of one person, ready for JSON; empty when that is nothing."""
    found: dict[str, Any] = {}
    row = connection.execute(select(subscriber).where(subscriber.c.address == address)).first()
    if row is not None:
        mine = {"邮箱": row.address, "状态": row.state} | dict(choice_of(row).described())
        times = {"登记": row.created_at, "确认": row.confirmed_at, "最近变更": row.changed_at, "等待确认": row.requested_at}
        found["订阅"] = mine | {name: _moment(at) for name, at in times.items() if at is not None}
        found["同意记录"] = [
            {"时间": _moment(one.at), "动作": one.act, "方式": one.origin, "文字": one.wording, "网络": one.network}
            for one in connection.execute(select(consent).where(consent.c.subscriber_id == row.id).order_by(consent.c.id))
        ]
        found["寄过的邮件"] = [
            {"期": one.edition_id, "状态": one.state, "应寄": _moment(one.due_at), "寄出": _moment(one.ended_at) if one.ended_at else None, "答复": one.answer}
            for one in connection.execute(select(message).where(message.c.subscriber_id == row.id).order_by(message.c.id))
        ]
        found["退信"] = [
            {"时间": _moment(one.at), "类别": one.sort, "代码": one.status, "说明": one.words}
            for one in connection.execute(select(bounce).where(bounce.c.subscriber_id == row.id).order_by(bounce.c.id))
        ]
    digest = address_digest(address, key)
    for name, table, condition in (
        ("停止寄信", suppression, suppression.c.address_digest == digest),
        ("确认邮件", notice, notice.c.address_digest == digest),
        ("未处理的登记", request, request.c.address == address),
    ):
        rows = [dict(one) for one in connection.execute(select(table).where(condition)).mappings()]
        if rows:
            found[name] = [one | {"at": _moment(one["at"])} for one in rows]
    return found


def count_states(connection: Connection) -> dict[str, int]:
    """How many readers are in each state, and how many addresses are suppressed."""
    rows = connection.execute(select(subscriber.c.state, func.count()).group_by(subscriber.c.state))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    counts["suppressions"] = connection.execute(select(func.count()).select_from(suppression)).scalar_one()
    return counts


def count_waiting(connection: Connection) -> dict[str, int]:
    """How many forms wait to be looked at, and how many confirmation mails to be sent."""
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (request, letter)}


def matching(state: str | None = None, domain: str | None = None) -> Any:
    """A query for readers, in the order in which they came."""
    query = select(subscriber).order_by(subscriber.c.id)
    if state:
        query = query.where(subscriber.c.state == state)
    return query.where(or_(subscriber.c.domain == domain, subscriber.c.domain.endswith(f".{domain}"))) if domain else query


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, SHANGHAI).isoformat(timespec="seconds")
