"""Mail as rows: an edition is queued in one transaction, each message is claimed, sent and marked, and what a dead worker held is free again.

A message is `pending` until a worker claims it, `claimed` until its fate is known, then `sent`, `failed` or `skipped`; `unknown` when the
connection was lost after the last byte. Nothing here sends; nothing here keeps a position in a list: what is still to do is what is not marked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Double, and_, bindparam, case, cast, delete, func, insert, literal, or_, select, text, update

from publisher.delivery import segments
from publisher.delivery.preferences import Preferences
from publisher.delivery.schema import edition, message, segment, segment_item, subscriber, worker
from publisher.delivery.segments import Issue, Selection

#: Seconds in a day; a weekly edition is due on the weekday the reader chose.
_DAY = 86_400
#: How many values one statement may carry (SQLite allows 32,766 variables).
_MANY = 500


class Queued(NamedTuple):
    """What became of an edition: whether it was new, messages, segments, and readers for whom nothing was in it."""

    is_new: bool
    messages: int
    segments: int
    passed_over: int


class Claim(NamedTuple):
    """One message in the hands of a worker."""

    id: int
    subscriber_id: int
    segment_id: int
    domain: str
    attempts: int
    doubts: int
    address: str
    generation: int


def enqueue(connection: Connection, issue: Issue, now: float, due_at: float, *, canonical: Any = None) -> Queued:
    """Queue an edition for all who take its rhythm and for whom something is in it; an edition that was queued before is left as it is.

    ``due_at`` is when it may go out at the earliest, on a Monday for weekly ones; ``canonical`` gives a tag the name it has now.
    To be called within a transaction: all of it happens, or nothing.
    """
    if connection.dialect.name == "postgresql":  # on SQLite every transaction is alone
        connection.execute(text("LOCK TABLE edition IN SHARE ROW EXCLUSIVE MODE"))
    if connection.execute(select(edition.c.id).where(edition.c.id == issue.id)).first():
        return Queued(False, _count(connection, issue.id), 0, 0)
    values = {"id": issue.id, "title": issue.title, "period": issue.period, "starts_at": issue.start, "ends_at": issue.end}
    connection.execute(insert(edition).values(values | {"queued_at": now, "fingerprint": issue.fingerprint}))
    book = _Book(connection, issue)
    takes = and_(subscriber.c.state == "active", subscriber.c.frequency == issue.period)
    groups = connection.execute(select(subscriber.c.preferences, func.count()).where(takes).group_by(subscriber.c.preferences)).all()
    passed_over = 0
    for written, count in groups:
        preferences = Preferences.from_json(written)
        selection = segments.select(issue, preferences.settled(canonical) if canonical else preferences)
        if not selection:
            passed_over += count
            continue
        days = (cast(subscriber.c.weekday, Double) - 1) * _DAY if issue.period == "weekly" else 0
        due = literal(due_at) + days
        readers = select(literal(issue.id), subscriber.c.id, literal(book.number(selection)), subscriber.c.domain, due)
        columns = ["edition_id", "subscriber_id", "segment_id", "domain", "due_at"]
        connection.execute(insert(message).from_select(columns, readers.where(takes, subscriber.c.preferences == written)))
    passed_over += _leave_out_what_was_sent(connection, issue, book)
    connection.execute(delete(segment).where(segment.c.edition_id == issue.id, ~select(message.c.id).where(message.c.segment_id == segment.c.id).exists()))
    count = connection.execute(select(func.count()).select_from(segment).where(segment.c.edition_id == issue.id)).scalar_one()
    return Queued(True, _count(connection, issue.id), count, passed_over)


class _Book:
    """The segments of an edition, each written when it is first needed."""

    def __init__(self, connection: Connection, issue: Issue) -> None:
        self._connection, self._issue = connection, issue
        self._reminders = {section.name for section in issue.sections if section.is_reminder}
        self._numbers: dict[Selection, int] = {}

    def number(self, selection: Selection) -> int:
        """The id of a segment."""
        if selection not in self._numbers:
            values = {"edition_id": self._issue.id, "contents": segments.pack(selection)}
            number: int = self._connection.execute(insert(segment).values(values).returning(segment.c.id)).scalar_one()
            reminds: dict[str, bool] = {}
            for name, ids in selection:
                for entry_id in ids:
                    reminds[entry_id] = reminds.get(entry_id, True) and name in self._reminders
            rows = [{"segment_id": number, "entry_id": entry_id, "is_reminder": flag} for entry_id, flag in reminds.items()]
            self._connection.execute(insert(segment_item), rows)
            self._numbers[selection] = number
        return self._numbers[selection]

    def selections(self) -> Mapping[int, Selection]:
        """Every segment so far."""
        return {number: selection for selection, number in self._numbers.items()}


def _leave_out_what_was_sent(connection: Connection, issue: Issue, book: _Book) -> int:
    """Give those who got some of the news before, by an edition of another rhythm, only the rest; gives how many have nothing left."""
    news = sorted(issue.news)
    older: set[int] = set()
    for part in _parts(news):
        named = select(segment_item.c.segment_id).join(segment, segment.c.id == segment_item.c.segment_id)
        older.update(connection.execute(named.where(segment_item.c.entry_id.in_(part), segment.c.edition_id != issue.id)).scalars())
    had: dict[int, set[int]] = defaultdict(set)
    ours = message.alias("ours")
    for part in _parts(sorted(older)):
        both = select(message.c.subscriber_id, message.c.segment_id).join(ours, ours.c.subscriber_id == message.c.subscriber_id)
        got = message.c.state.in_(("sent", "unknown", "pending", "claimed"))
        for reader, number in connection.execute(both.where(ours.c.edition_id == issue.id, message.c.segment_id.in_(part), got)):
            had[reader].add(number)
    if not had:
        return 0
    contents: dict[int, set[str]] = defaultdict(set)
    for part in _parts(sorted(older)):
        rows = select(segment_item.c.segment_id, segment_item.c.entry_id).where(segment_item.c.segment_id.in_(part))
        for number, entry_id in connection.execute(rows):
            contents[number].add(entry_id)
    return _move(connection, issue, book, {reader: frozenset().union(*(contents[number] for number in numbers)) for reader, numbers in had.items()})


def _move(connection: Connection, issue: Issue, book: _Book, had: Mapping[int, frozenset[str]]) -> int:
    """Put readers into the segment of what they have not had."""
    selections = book.selections()
    moves: dict[int | None, list[int]] = defaultdict(list)
    for part in _parts(sorted(had)):
        mine = select(message.c.id, message.c.subscriber_id, message.c.segment_id).where(message.c.edition_id == issue.id, message.c.subscriber_id.in_(part))
        for number, reader, place in connection.execute(mine).all():
            left = segments.without(issue, selections[place], had[reader])
            if left != selections[place]:
                moves[book.number(left) if left else None].append(number)
    for place, numbers in moves.items():
        for part in _parts(numbers):
            chosen = message.c.id.in_(part)
            connection.execute(delete(message).where(chosen) if place is None else update(message).where(chosen).values(segment_id=place))
    return len(moves.get(None, ()))


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[at : at + _MANY] for at in range(0, len(values), _MANY))


def _count(connection: Connection, edition_id: str) -> int:
    return int(connection.execute(select(func.count()).select_from(message).where(message.c.edition_id == edition_id)).scalar_one())


_OPEN = and_(message.c.state.in_(("pending", "unknown")), message.c.ended_at.is_(None))


def candidates(connection: Connection, edition_id: str, now: float, limit: int, *, closed: Iterable[str] = (), only: int | None = None) -> list[Claim]:
    """Messages that may go out now, locked for this transaction; those for domains in ``closed`` wait. Who has left meanwhile is skipped for good."""
    wanted = (
        select(message.c.id, message.c.subscriber_id, message.c.segment_id, message.c.domain, message.c.attempts, message.c.doubts)
        .where(message.c.edition_id == edition_id, _OPEN, message.c.due_at <= now)
        .order_by(message.c.due_at, message.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if blocked := sorted(closed):
        wanted = wanted.where(message.c.domain.not_in(blocked))
    if only is not None:
        wanted = wanted.where(message.c.subscriber_id == only)
    rows = connection.execute(wanted).all()
    readers = {}
    for part in _parts([row.subscriber_id for row in rows]):
        named = select(subscriber.c.id, subscriber.c.address, subscriber.c.generation).where(subscriber.c.id.in_(part), subscriber.c.state == "active")
        readers.update({row.id: row for row in connection.execute(named)})
    gone = [row.id for row in rows if row.subscriber_id not in readers]
    for part in _parts(gone):
        connection.execute(update(message).where(message.c.id.in_(part)).values(state="skipped", ended_at=now, answer="the reader has left"))
    return [Claim(*row, readers[row.subscriber_id].address, readers[row.subscriber_id].generation) for row in rows if row.subscriber_id in readers]


def claim(connection: Connection, claims: Sequence[Claim], worker_id: str) -> None:
    """Take messages into a worker's hands; the transaction must be committed before the first of them is sent."""
    for part in _parts([one.id for one in claims]):
        change = update(message).where(message.c.id.in_(part))
        connection.execute(change.values(state="claimed", worker_id=worker_id, attempts=message.c.attempts + 1))


class Mark(NamedTuple):
    """The fate of one message: its new state; ``due_at`` when it is to be tried again."""

    id: int
    state: str
    code: int
    answer: str
    due_at: float | None
    ended_at: float | None
    doubts: int = 0


_MARK = (
    update(message)
    .where(message.c.id == bindparam("number"), message.c.worker_id == bindparam("mine"), message.c.state == "claimed")
    .values(
        state=bindparam("new"),
        code=bindparam("told"),
        answer=bindparam("words"),
        due_at=func.coalesce(bindparam("again", type_=message.c.due_at.type), message.c.due_at),
        ended_at=bindparam("over", type_=message.c.ended_at.type),
        doubts=message.c.doubts + bindparam("doubt", type_=message.c.doubts.type),
        worker_id=None,
    )
)


def mark(connection: Connection, marks: Sequence[Mark], worker_id: str) -> None:
    """Write down what became of messages; one that is in another worker's hands by now is left to it."""
    rows = [
        {
            "number": m.id,
            "mine": worker_id,
            "new": m.state,
            "told": m.code or None,
            "words": m.answer[:500],
            "again": m.due_at,
            "over": m.ended_at,
            "doubt": m.doubts,
        }
        for m in marks
    ]
    if rows:
        connection.execute(_MARK, rows)


def release(connection: Connection, worker_id: str) -> int:
    """Put back what a worker holds: it was claimed and, as far as anybody knows, not sent. Gives how many."""
    mine = and_(message.c.worker_id == worker_id, message.c.state == "claimed")
    return connection.execute(update(message).where(mine).values(state="pending", worker_id=None)).rowcount


def register(connection: Connection, worker_id: str, host: str, pid: int, now: float) -> None:
    """Say that a worker is there."""
    connection.execute(insert(worker).values(id=worker_id, host=host, pid=pid, started_at=now, beat_at=now))


def beat(connection: Connection, worker_id: str, now: float) -> None:
    """Say that a worker is still there."""
    connection.execute(update(worker).where(worker.c.id == worker_id).values(beat_at=now))


def bury(connection: Connection, dead: Iterable[str], silent_since: float) -> int:
    """Free what dead workers held: those named, and those not heard of since a time. Gives how many messages are free again."""
    lost = or_(worker.c.id.in_(sorted(dead)), worker.c.beat_at < silent_since)
    names = list(connection.execute(select(worker.c.id).where(lost)).scalars())
    freed = sum(release(connection, name) for name in names)
    connection.execute(delete(worker).where(worker.c.id.in_(names)))
    return freed


def retire(connection: Connection, worker_id: str) -> None:
    """A worker goes in good order."""
    release(connection, worker_id)
    connection.execute(delete(worker).where(worker.c.id == worker_id))


class Progress(NamedTuple):
    """How far an edition is: messages by state, those still open, when the next of them is due, and how many went out in the last minute."""

    states: Mapping[str, int]
    still_open: int
    next_due: float | None
    last_minute: int


def progress(connection: Connection, edition_id: str, now: float) -> Progress:
    """How far an edition is."""
    mine = message.c.edition_id == edition_id
    states = {str(state): count for state, count in connection.execute(select(message.c.state, func.count()).where(mine).group_by(message.c.state))}
    still_open = connection.execute(select(func.count(), func.min(message.c.due_at)).where(mine, _OPEN)).one()
    recent = select(func.sum(case((message.c.ended_at > now - 60, 1), else_=0))).where(mine, message.c.state == "sent")
    return Progress(states, still_open[0], still_open[1], int(connection.execute(recent).scalar() or 0))


def next_due(connection: Connection, edition_id: str, *, only: int | None = None) -> float | None:
    """When the next message may go out; None when none waits."""
    found = select(func.min(message.c.due_at)).where(message.c.edition_id == edition_id, _OPEN)
    due: float | None = connection.execute(found if only is None else found.where(message.c.subscriber_id == only)).scalar()
    return due


def load_segments(connection: Connection, numbers: Iterable[int]) -> dict[int, Selection]:
    """The items of segments by id."""
    found: dict[int, Selection] = {}
    for part in _parts(sorted(set(numbers))):
        for number, contents in connection.execute(select(segment.c.id, segment.c.contents).where(segment.c.id.in_(part))):
            found[number] = segments.unpack(contents)
    return found
