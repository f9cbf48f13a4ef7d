"""Reports in, readers struck off: at once when there is no such mailbox or when they complain, and after three failures in a month.

A report counts once, however often it is read; one without a Message-ID of ours counts for nobody.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, insert, select

from publisher.delivery.answers import Meaning, is_hard, meaning_of, receiver_of, status_of
from publisher.delivery.message_id import MessageId
from publisher.delivery.outbox import Claim
from publisher.delivery.report import Report, Sort
from publisher.delivery.schema import bounce, message, subscriber
from publisher.delivery.suppression import suppress
from publisher.delivery.transport import Answer

#: So many editions not delivered within so many seconds, with none delivered between them, and a reader is written to no more.
SOFT_LIMIT, SOFT_WINDOW = 3, 30 * 86_400.0
_KEPT = frozenset({Sort.HARD, Sort.SOFT, Sort.COMPLAINT})


def record(connection: Connection, report: Report, key: bytes, now: float) -> str:
    """Take note of a report and do what follows from it, in the caller's transaction.

    Gives what it came to: a `Sort`'s value, ``stranger`` without a reader of ours, ``again`` when it was known.
    """
    if report.message is None:
        return "stranger"
    reader = connection.execute(select(subscriber.c.id, subscriber.c.address).where(subscriber.c.id == report.message.subscriber_id)).first()
    if reader is None:
        return "stranger"
    if report.sort not in _KEPT:
        return report.sort.value
    if connection.execute(select(bounce.c.id).where(bounce.c.report_id == report.id)).first():
        return "again"
    values = {"subscriber_id": reader.id, "edition_id": report.message.edition_id, "report_id": report.id, "at": now, "sort": report.sort.value}
    connection.execute(insert(bounce).values(values | {"status": report.status, "words": report.words}))
    if report.sort is Sort.COMPLAINT:
        suppress(connection, reader.address, key, reason="complained", now=now, detail=report.words)
    elif report.sort is Sort.HARD or _has_failed_too_often(connection, reader.id, now):
        suppress(connection, reader.address, key, reason="bounced", now=now, detail=f"{report.status} {report.words}".strip())
    return report.sort.value


def _has_failed_too_often(connection: Connection, subscriber_id: int, now: float) -> bool:
    """Whether the last editions that came back have none among them that arrived."""
    ours = (message.c.subscriber_id == bounce.c.subscriber_id) & (message.c.edition_id == bounce.c.edition_id)
    sent_at = func.coalesce(func.max(message.c.ended_at), func.min(bounce.c.at))
    failed = (
        select(bounce.c.edition_id, sent_at)
        .outerjoin(message, ours)
        .where(bounce.c.subscriber_id == subscriber_id, bounce.c.sort == Sort.SOFT.value, bounce.c.at > now - SOFT_WINDOW)
        .group_by(bounce.c.edition_id)
        .order_by(sent_at)
    )
    rows = [tuple(row) for row in connection.execute(failed)][-SOFT_LIMIT:]
    if len(rows) < SOFT_LIMIT:
        return False
    came_back = select(bounce.c.edition_id).where(bounce.c.subscriber_id == subscriber_id)
    arrived = select(func.count()).where(
        message.c.subscriber_id == subscriber_id,
        message.c.state == "sent",
        message.c.ended_at > rows[0][1],
        message.c.ended_at < rows[-1][1],
        message.c.edition_id.not_in(came_back),
    )
    return connection.execute(arrived).scalar_one() == 0


def refusals(edition_id: str, key: bytes) -> Callable[[Connection, Claim, Answer, float], None]:
    """What a sender calls when a message was refused for good while it was being sent: the same rules as for a report that comes later."""

    def refused(connection: Connection, claim: Claim, answer: Answer, now: float) -> None:
        receiver = receiver_of(claim.domain)
        if is_hard(answer.code, answer.words, receiver):
            sort = Sort.HARD
        elif answer.code and meaning_of(answer.code, answer.words, receiver=receiver) is not Meaning.UNSUITED:
            sort = Sort.SOFT
        else:  # too large, no SMTPUTF8: nothing about the mailbox
            return
        whose = MessageId(edition_id, claim.subscriber_id)
        record(connection, Report(f"answer:{claim.id}", sort, whose, status_of(answer.words), f"{answer.code} {answer.words}"[:300]), key, now)

    return refused
