"""Who is not written to any more: kept as a digest of the address, so that it outlives the reader's own data and tells nobody who it was."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from publisher.delivery.address import address_digest
from publisher.delivery.schema import subscriber, suppression


def suppress(connection: Connection, address: str, key: bytes, *, reason: str, now: float, detail: str = "") -> None:
    """Write to an address no more: ``bounced``, ``complained``, ``withdrawn`` or ``ordered``. What was said first stays."""
    digest = address_digest(address, key)
    if not is_suppressed(connection, address, key):
        connection.execute(insert(suppression).values(address_digest=digest, reason=reason, at=now, detail=detail[:500]))
    if reason != "withdrawn":  # who withdraws is `withdrawn`, and may come back by asking again
        known = update(subscriber).where(subscriber.c.address == address, subscriber.c.state != "withdrawn")
        connection.execute(known.values(state="suppressed", changed_at=now))


def is_suppressed(connection: Connection, address: str, key: bytes) -> bool:
    """Whether an address must not be written to."""
    found = select(suppression.c.reason).where(suppression.c.address_digest == address_digest(address, key))
    return connection.execute(found).first() is not None


def lift(connection: Connection, address: str, key: bytes) -> bool:
    """Write to an address again, because its owner asked for it; False when it was not suppressed."""
    gone = delete(suppression).where(suppression.c.address_digest == address_digest(address, key))
    return connection.execute(gone).rowcount > 0
