"""The tables of subscribers and of mail, for SQLite and PostgreSQL alike.

Times are seconds since 1970 (UTC). States are words, checked by the database. What a reader chose stands as canonical JSON, so that all
who chose the same are one group: an edition is put together once for each group, however many people are in it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

#: A number given by the database; SQLite counts only in a column of the plain type.
_ID = BigInteger().with_variant(Integer(), "sqlite")

#: What may become of a subscriber. Nobody but the active is written to, except with the one message that asks for confirmation.
SUBSCRIBER_STATES = ("asked", "active", "withdrawn", "suppressed")
#: What may become of a message. `unknown`: the connection was lost after the last byte, and nobody knows whether it was taken.
MESSAGE_STATES = ("pending", "claimed", "sent", "failed", "unknown", "skipped")


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_is_known")


meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("address", Text, nullable=False, unique=True),  # normalised, the domain in its ASCII form
    Column("domain", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("preferences", Text, nullable=False),  # canonical JSON, see `publisher.delivery.preferences`
    Column("frequency", Text, nullable=False),  # daily, weekly, monthly, none
    Column("weekday", SmallInteger, nullable=False, server_default="1"),  # 1 is Monday (ISO 8601); for weekly ones
    Column("generation", SmallInteger, nullable=False, server_default="0"),  # raised to make every older link of this reader void
    Column("created_at", Double, nullable=False),
    Column("confirmed_at", Double),
    Column("changed_at", Double, nullable=False),
    Column("requested_at", Double),  # when a confirmation was last asked for that has not come yet
    Column("wanted", Text),  # the choice that it would put into force, see `publisher.delivery.choice`
    _one_of("state", SUBSCRIBER_STATES),
    _one_of("frequency", ("daily", "weekly", "monthly", "none")),
    CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_is_a_day"),
    sqlite_autoincrement=True,  # the number of one who was deleted is never given again: old links name it
)
Index("subscriber_group", subscriber.c.state, subscriber.c.frequency, subscriber.c.preferences)

consent = Table(  # what a reader agreed to or took back: when, by which way, in which words (PIPL 14 to 17)
    "consent",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("subscriber_id", _ID, ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("act", Text, nullable=False),
    Column("origin", Text, nullable=False),  # form, mail, import, command
    Column("wording", Text, nullable=False),  # the sentence that was agreed to, or the reason given
    Column("network", Text, nullable=False, server_default=""),  # the network it came from, never the whole address
    _one_of("act", ("asked", "confirmed", "changed", "withdrawn")),
)

request = Table(  # a form that was sent in and not looked at yet: answering it takes the same time whoever is in the database
    "request",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("address", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("network", Text, nullable=False, server_default=""),
    Column("at", Double, nullable=False),
)

letter = Table(  # a confirmation mail that waits to be sent
    "letter",
    metadata,
    Column("subscriber_id", _ID, ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", Double, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
)

notice = Table(  # when an address was last sent a confirmation mail, and how often without an answer; it outlives the subscriber, so it is a digest
    "notice",
    metadata,
    Column("address_digest", Text, primary_key=True),
    Column("at", Double, nullable=False),
    Column("unanswered", Integer, nullable=False),
)

allowance = Table(  # how many more forms a network may send in (a bucket that fills again with time), shared by all processes of the service
    "allowance",
    metadata,
    Column("network_digest", Text, primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("filled_at", Double, nullable=False),
)

suppression = Table(  # who is not written to any more, whatever lists say; it outlives the subscriber, so it holds a digest of the address only
    "suppression",
    metadata,
    Column("address_digest", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    _one_of("reason", ("bounced", "complained", "withdrawn", "ordered")),
)

bounce = Table(
    "bounce",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("subscriber_id", _ID, ForeignKey("subscriber.id", ondelete="CASCADE"), index=True),
    Column("edition_id", Text, nullable=False, server_default=""),  # of the message that came back; it may be gone by then
    Column("report_id", Text, nullable=False, unique=True),  # the Message-ID of the report: read twice, it counts once
    Column("at", Double, nullable=False),
    Column("sort", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=""),  # RFC 3463, such as 5.1.1
    Column("words", Text, nullable=False, server_default=""),
    _one_of("sort", ("hard", "soft", "complaint")),
)

heard = Table(  # which letters of readers were done: read twice, a letter counts once
    "heard",
    metadata,
    Column("letter_digest", Text, primary_key=True),
    Column("at", Double, nullable=False),
)

renewal = Table(  # a lister was asked whether a listing still holds, and what the answer was; no address stands here
    "renewal",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("listing_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("ends_at", Double, nullable=False),  # the end of validity as it was then
    Column("days", SmallInteger, nullable=False),  # the reminder: so many days before
    Column("claimed_at", Double, nullable=False),  # written before the mail is sent, so that none goes out twice
    Column("sent_at", Double),
    Column("answer", Text),
    Column("partner", Text, nullable=False, server_default=""),
    Column("answered_at", Double),
    Column("applied_at", Double),
    UniqueConstraint("listing_id", "ends_at", "days", name="one_reminder_each"),
    CheckConstraint("answer IS NULL OR answer IN ('holds', 'reached', 'withdrawn')", name="answer_is_known"),
    sqlite_autoincrement=True,
)

edition = Table(
    "edition",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("starts_at", Double, nullable=False),
    Column("ends_at", Double, nullable=False),
    Column("queued_at", Double, nullable=False),
    Column("fingerprint", Text, nullable=False),  # of the sections as they were queued
)

segment = Table(  # the items that a group of readers gets of an edition
    "segment",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("edition_id", Text, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    Column("contents", Text, nullable=False),  # JSON: [[section, [entry id, ...]], ...]
    UniqueConstraint("edition_id", "contents"),
)

segment_item = Table(  # the same by entry: who has had what is asked here, so that no news is sent twice
    "segment_item",
    metadata,
    Column("segment_id", _ID, ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("is_reminder", Boolean, nullable=False),
)
Index("segment_item_entry", segment_item.c.entry_id)

message = Table(
    "message",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("edition_id", Text, ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
    Column("subscriber_id", _ID, ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("segment_id", _ID, ForeignKey("segment.id", ondelete="CASCADE"), nullable=False),
    Column("domain", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("due_at", Double, nullable=False),  # not before this time
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("doubts", SmallInteger, nullable=False, server_default="0"),  # how often it became `unknown`; it is sent again once
    Column("worker_id", Text),
    Column("code", SmallInteger),  # of the last answer (RFC 5321)
    Column("answer", Text, nullable=False, server_default=""),
    Column("ended_at", Double),
    UniqueConstraint("edition_id", "subscriber_id", name="one_message_for_each"),
    _one_of("state", MESSAGE_STATES),
)
Index("message_queue", message.c.edition_id, message.c.state, message.c.due_at)
Index("message_reader", message.c.subscriber_id, message.c.segment_id)
Index("message_segment", message.c.segment_id)
Index("message_worker", message.c.worker_id)

worker = Table(  # who is sending; a worker that beats no more has died, and what it had claimed is free again
    "worker",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("beat_at", Double, nullable=False),
)

pace = Table(  # how fast a receiving domain may be written to, shared by all workers
    "pace",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("filled_at", Double, nullable=False),
    Column("day", Text, nullable=False, server_default=""),
    Column("sent_today", Integer, nullable=False, server_default="0"),
    Column("held_until", Double, nullable=False, server_default="0"),
    Column("holds", SmallInteger, nullable=False, server_default="0"),  # one after the other, each twice as long
)
