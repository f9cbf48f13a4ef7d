"""Readers and editions as the outbox's tests write them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from publisher.delivery.database import Database
from publisher.delivery.preferences import Item, Preferences
from publisher.delivery.schema import message, subscriber
from publisher.delivery.segments import Issue, Section, unpack

#: A Monday, 09:00 in Asia/Shanghai.
NOW = 1_763_946_000.0


def open_database(url: str) -> Database:
    database = Database(url)
    database.migrate()
    return database


def add_reader(database: Database, address: str, preferences: Preferences | None = None, **values: Any) -> int:
    row = {
        "address": address,
        "domain": address.rpartition("@")[2],
        "state": "active",
        "preferences": (preferences or Preferences()).to_json(),
        "frequency": "weekly",
        "created_at": 0.0,
        "changed_at": 0.0,
    }
    with database.begin() as connection:
        number: int = connection.execute(insert(subscriber).values(row | values).returning(subscriber.c.id)).scalar_one()
    return number


def add_readers(database: Database, count: int, domain: str = "example.com") -> None:
    row = {"domain": domain, "state": "active", "preferences": "{}", "frequency": "weekly", "created_at": 0.0, "changed_at": 0.0}
    with database.begin() as connection:
        for at in range(0, count, 5_000):
            rows = [row | {"address": f"reader{number}@{domain}"} for number in range(at, min(count, at + 5_000))]
            connection.execute(insert(subscriber), rows)


def news(entry_id: str, **values: Any) -> Item:
    return Item(entry_id, "news", **values)


def policy(entry_id: str, **values: Any) -> Item:
    return Item(entry_id, "policy", **values)


def issue(*sections: tuple[str, bool, tuple[Item, ...]], name: str = "2026-W47", period: str = "weekly") -> Issue:
    parts = tuple(Section(*section) for section in sections) or (Section("商业资讯", False, (news("zx-1"), news("zx-2"))),)
    return Issue(name, f"简报{name}", period, NOW - 7 * 86_400, NOW - 9 * 3_600, parts)


def gets(database: Database, edition_id: str) -> dict[str, list[str]]:
    """What each reader is to get of an edition, by address."""
    from publisher.delivery.schema import segment

    rows = select(subscriber.c.address, segment.c.contents).join_from(message, segment).join(subscriber, subscriber.c.id == message.c.subscriber_id)
    with database.begin() as connection:
        found = connection.execute(rows.where(message.c.edition_id == edition_id).order_by(subscriber.c.id)).all()
    return {address: [entry for _, ids in unpack(contents) for entry in ids] for address, contents in found}


def states(database: Database) -> dict[int, str]:
    with database.begin() as connection:
        return {row.id: row.state for row in connection.execute(select(message.c.id, message.c.state).order_by(message.c.id))}
