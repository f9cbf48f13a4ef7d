"""A reader's life as rows: asks, confirms, changes, withdraws, is forgotten. Each function is one step inside the caller's transaction.

Nobody becomes active but by confirming, or by a command that names a consent on record elsewhere; every step leaves a row of consent (PIPL 14 to 17).
Steps may be repeated: what is already so stays so. Nothing here sends mail; a confirmation mail that is due is a row of ``letter``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from publisher.delivery.address import address_digest, domain_of
from publisher.delivery.choice import Choice, choice_of
from publisher.delivery.schema import consent, letter, notice, request, subscriber, suppression
from publisher.delivery.suppression import lift, suppress

#: Seconds between two confirmation mails to one address, whoever asks.
HOUR = 3_600.0
#: Seconds that a confirmation may be answered.
CONFIRM_WITHIN = 7 * 86_400.0
#: Confirmation mails to one address without an answer, after which no more are sent until `publisher.delivery.retention` forgets them.
UNANSWERED = 5


class Origin(NamedTuple):
    """By which way something was asked (``form``, ``mail``, ``import``, ``command``), in which words, from which network."""

    way: str
    wording: str
    network: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it claims to be the reader's own wish: only that may lead back from a withdrawal."""
        return self.way in ("form", "mail")


def find(connection: Connection, address: str) -> Row[Any] | None:
    """The subscriber with a normal address, locked until the transaction ends."""
    return connection.execute(select(subscriber).where(subscriber.c.address == address).with_for_update()).first()


def find_by_id(connection: Connection, subscriber_id: int) -> Row[Any] | None:
    """The subscriber with a number, locked until the transaction ends."""
    return connection.execute(select(subscriber).where(subscriber.c.id == subscriber_id).with_for_update()).first()


def ask(connection: Connection, address: str, choice: Choice, origin: Origin, *, key: bytes, now: float) -> str:
    """Begin a subscription, or a change to one, that its owner is to confirm.

    Gives ``asked`` when a confirmation mail is due now, ``waiting`` when one went out not long ago, ``known`` when another's wish changes nothing,
    ``suppressed`` when the address is not written to. A normal address is expected.
    """
    reason = connection.execute(select(suppression.c.reason).where(suppression.c.address_digest == address_digest(address, key))).scalar()
    if reason == "ordered" or (reason and not origin.is_own):
        return "suppressed"
    is_new = _insert_new(connection, address, choice, now)
    row = find(connection, address)
    assert row is not None
    if not is_new and not origin.is_own and row.state != "asked":
        return "known" if row.state == "active" else "suppressed"
    if not _may_be_written_to(connection, address, key, now):
        # A stranger who asks once more changes nothing of what the owner finds in the mail that is on its way.
        return "waiting"
    wanted = {"requested_at": now, "wanted": choice.to_json()}
    connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(wanted))
    _record(connection, row.id, "asked", origin, now)
    if not connection.execute(select(letter).where(letter.c.subscriber_id == row.id)).first():
        connection.execute(insert(letter).values(subscriber_id=row.id, due_at=now))
    return "asked"


def _may_be_written_to(connection: Connection, address: str, key: bytes, now: float) -> bool:
    """Whether an address may be sent a confirmation mail now; when it may, that counts as sent."""
    mine = notice.c.address_digest == address_digest(address, key)
    last = connection.execute(select(notice).where(mine).with_for_update()).first()
    if last is None:
        values = {"address_digest": address_digest(address, key), "at": now, "unanswered": 1}
        return insert_unless_there(connection, notice, values)
    if now - last.at < HOUR or last.unanswered >= UNANSWERED:
        return False
    connection.execute(update(notice).where(mine).values(at=now, unanswered=last.unanswered + 1))
    return True


def confirm(connection: Connection, subscriber_id: int, origin: Origin, *, key: bytes, now: float) -> Choice | None:
    """Put what was asked for into force; None when nothing waits to be confirmed. Doing so twice does no harm."""
    row = find_by_id(connection, subscriber_id)
    if row is None:
        return None
    if row.requested_at is None or now - row.requested_at > CONFIRM_WITHIN:
        return choice_of(row) if row.state == "active" else None
    choice = Choice.from_json(row.wanted) if row.wanted else choice_of(row)
    activate(connection, row, choice, origin, key=key, now=now)
    return choice


def activate(connection: Connection, row: Row[Any], choice: Choice, origin: Origin, *, key: bytes, now: float) -> None:
    """Make a subscriber active: their consent is given."""
    lift(connection, row.address, key)
    values = choice.columns() | {"state": "active", "changed_at": now, "requested_at": None, "wanted": None}
    if row.state != "active":
        values["confirmed_at"] = now
    connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(values))
    connection.execute(update(notice).where(notice.c.address_digest == address_digest(row.address, key)).values(unanswered=0))
    connection.execute(delete(letter).where(letter.c.subscriber_id == row.id))
    _record(connection, row.id, "confirmed", origin, now)


def adopt(connection: Connection, address: str, choice: Choice, origin: Origin, *, key: bytes, now: float) -> str:
    """Take in an address whose consent is on record elsewhere: ``confirmed``, ``known``, ``suppressed``."""
    if connection.execute(select(suppression.c.reason).where(suppression.c.address_digest == address_digest(address, key))).first():
        return "suppressed"
    _insert_new(connection, address, choice, now)
    row = find(connection, address)
    assert row is not None
    if row.state != "asked":
        return "known" if row.state == "active" else "suppressed"
    activate(connection, row, choice, origin, key=key, now=now)
    return "confirmed"


def change(connection: Connection, subscriber_id: int, choice: Choice, origin: Origin, *, now: float) -> bool:
    """Change what an active reader gets; False for who is not active."""
    row = find_by_id(connection, subscriber_id)
    if row is None or row.state != "active":
        return False
    if choice_of(row) != choice:
        connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(choice.columns() | {"changed_at": now}))
        _record(connection, row.id, "changed", origin, now)
    return True


def withdraw(connection: Connection, subscriber_id: int, origin: Origin, *, key: bytes, now: float) -> bool:
    """Write to a reader no more, from this moment; False when there is no such reader."""
    row = find_by_id(connection, subscriber_id)
    if row is None:
        return False
    connection.execute(delete(letter).where(letter.c.subscriber_id == row.id))
    if row.state == "withdrawn":
        connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(requested_at=None, wanted=None))
        return True
    suppress(connection, row.address, key, reason="withdrawn", now=now)
    state = "suppressed" if row.state == "suppressed" else "withdrawn"
    connection.execute(update(subscriber).where(subscriber.c.id == row.id).values(state=state, changed_at=now, requested_at=None, wanted=None))
    _record(connection, row.id, "withdrawn", origin, now)
    return True


def forget(connection: Connection, address: str, *, key: bytes, now: float) -> bool:
    """Delete all that is held of an address; what stays is the digest that keeps lists from writing to it again. False when nothing was held."""
    gone = connection.execute(delete(request).where(request.c.address == address)).rowcount
    row = find(connection, address)
    if row is not None:
        suppress(connection, address, key, reason="withdrawn", now=now)
        gone += connection.execute(delete(subscriber).where(subscriber.c.id == row.id)).rowcount
    return gone > 0


def _insert_new(connection: Connection, address: str, choice: Choice, now: float) -> bool:
    """Write down an address unless it is there, though another process does the same."""
    values = choice.columns() | {"address": address, "domain": domain_of(address), "state": "asked", "created_at": now, "changed_at": now}
    return insert_unless_there(connection, subscriber, values)


def _record(connection: Connection, subscriber_id: int, act: str, origin: Origin, now: float) -> None:
    values = {"subscriber_id": subscriber_id, "at": now, "act": act, "origin": origin.way, "wording": origin.wording[:500], "network": origin.network}
    connection.execute(insert(consent).values(values))


def insert_unless_there(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row; False when another process was first."""
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(table).values(values).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(made).first() is not None
