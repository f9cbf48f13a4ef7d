"""How fast a receiver may be written to: token buckets in the database, so that all workers on all machines share one pace.

A bucket belongs to a receiver (qq.com and foxmail.com are one), and one more, `WHOLE`, to the account we send through. Each fills by ``rate``
messages a second up to ``burst``; so within any time of t seconds no more than burst + rate * t leave, and no more than ``per_day`` within
a day of Asia/Shanghai. Who says that we are too fast is left in peace for a while, twice as long each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from publisher.clock import SHANGHAI
from publisher.delivery.answers import receiver_of
from publisher.delivery.schema import pace
from publisher.failure import PublisherError

#: The bucket of all messages together; a star is no domain.
WHOLE = "*"
#: The first and the longest rest after an answer about our pace, in seconds.
_FIRST_REST, _LONGEST_REST = 60.0, 4 * 3_600.0


@dataclass(frozen=True, slots=True)
class Limit:
    """What a bucket gives: messages a second, how many at once after a rest, how many a day; None is no limit."""

    rate: float | None = None
    burst: int = 1
    per_day: int | None = None

    @property
    def is_none(self) -> bool:
        return self.rate is None and self.per_day is None


_FREE = Limit()


@dataclass(frozen=True, slots=True)
class Profile:
    """How to write through one sort of server: limits of the account as a whole and of single receivers, connections, messages for each."""

    name: str
    whole: Limit = _FREE
    receivers: dict[str, Limit] = field(default_factory=dict)
    connections: int = 4
    per_connection: int = 500

    def bucket(self, domain: str) -> tuple[str, Limit]:
        """The name of a domain's bucket, and its limit."""
        receiver = receiver_of(domain)
        return receiver or domain, self.receivers.get(receiver, _FREE)


#: Through a server of our own. QQ keeps its limits to itself and NetEase counts per 15 minutes (451 MI:SFQ), per connection (450 MI:DMC) and
#: connections at once (421 HL:ICC), without numbers; these are ours, low enough for a sender without a name yet. Gmail asks senders to begin
#: slowly (Email sender guidelines). Raise them when a week has passed without a rest.
_RECEIVERS = {
    "qq": Limit(rate=2, burst=20),
    "netease": Limit(rate=1, burst=10),
    "aliyun": Limit(rate=2, burst=20),
    "gmail": Limit(rate=5, burst=20),
    "outlook": Limit(rate=2, burst=20),
}

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("plain", receivers=_RECEIVERS),
        # A personal QQ mailbox (smtp.qq.com): its limits are not published and differ by account; meant for trials and a few dozen readers.
        Profile("qq", Limit(rate=0.2, burst=5, per_day=100), connections=1, per_connection=10),
        # NetEase's free enterprise mail stops at 100 a day; 450 MI:DMC counts messages for each connection.
        Profile("163", Limit(rate=0.2, burst=5, per_day=100), connections=1, per_connection=10),
        # Tencent Exmail counts for the whole company, and only strangers: 500 a day at first when free, from 1,500 when paid for.
        Profile("exmail", Limit(rate=1, burst=10, per_day=500), connections=1, per_connection=50),
        # Aliyun DirectMail begins at 2,000 a day for an account and raises it with its credit (help.aliyun.com/zh/direct-mail/product-overview/limits).
        Profile("aliyun", Limit(rate=10, burst=20, per_day=2000), connections=2, per_connection=200),
    )
}
_HOSTS = {"smtp.qq.com": "qq", "smtp.163.com": "163", "smtp.126.com": "163", "smtp.qiye.163.com": "163", "smtp.exmail.qq.com": "exmail"}


def profile_for(host: str, written: str | None = None) -> Profile:
    """The profile that is written, such as ``exmail`` or ``exmail:per_day=1500,rate=2``, else that of a well-known host, else ``plain``.

    Raises `PublisherError` when it is none.
    """
    if not written:
        host = host.lower()
        return PROFILES["aliyun" if host.startswith("smtpdm") and host.endswith(".aliyun.com") else _HOSTS.get(host, "plain")]
    name, _, changes = written.strip().partition(":")
    try:
        profile = PROFILES[name]
        for change in filter(None, changes.split(",")):
            profile = _changed(profile, *change.split("=", 1))
    except (KeyError, TypeError, ValueError) as error:
        names = "、".join(PROFILES)
        zh = f"发信档案“{written}”不对：要写 {names} 之一，可以接 :rate=每秒几封,burst=,per_day=,connections=,per_connection="
        raise PublisherError(
            zh, f"no sending profile: {written}; known are {', '.join(PROFILES)}, with :rate=,burst=,per_day=,connections=,per_connection="
        ) from error
    return profile


def _changed(profile: Profile, name: str, value: str) -> Profile:
    number = float(value)
    if not 0 < number < 1e9 or (name != "rate" and number != int(number)):
        raise ValueError(value)
    if name == "rate":
        return replace(profile, whole=replace(profile.whole, rate=number))
    if name == "burst":
        return replace(profile, whole=replace(profile.whole, burst=int(number)))
    if name == "per_day":
        return replace(profile, whole=replace(profile.whole, per_day=int(number)))
    if name == "connections":
        return replace(profile, connections=int(number))
    if name != "per_connection":
        raise KeyError(name)
    return replace(profile, per_connection=int(number))


class Pace:
    """The buckets of one profile. Every call belongs into a transaction of the caller's, and buckets are locked until its end."""

    def __init__(self, profile: Profile, spread: Callable[[], float] = random.random) -> None:
        self.profile, self._spread = profile, spread

    def take(self, connection: Connection, domain: str, wanted: int, now: float) -> int:
        """How many of ``wanted`` messages may go to a domain now; they count as sent."""
        name, limit = self.profile.bucket(domain)
        buckets = [(WHOLE, self.profile.whole), (name, limit)]
        granted, rows = wanted, {}
        for bucket, its_limit in buckets:  # the same order for all workers
            if its_limit.is_none:
                held = connection.execute(select(pace.c.held_until).where(pace.c.domain == bucket)).scalar() or 0.0
                granted = 0 if held > now else granted
            else:
                rows[bucket] = row = _lock(connection, bucket, its_limit, now)
                granted = min(granted, _room(row, its_limit, now))
        if granted > 0:
            for bucket, its_limit in buckets:
                if bucket in rows:
                    _spend(connection, rows[bucket], its_limit, granted, now)
        return max(0, granted)

    def hold(self, connection: Connection, domain: str, now: float) -> float:
        """Leave a domain in peace for a while; gives until when. Several complaints at once are one."""
        name, limit = self.profile.bucket(domain)
        row = _lock(connection, name, limit, now)
        if row.held_until > now:
            return float(row.held_until)
        last = _rest(row.holds)
        holds = row.holds + 1 if row.holds and now - row.held_until < last else 1  # a rest that was followed by a good while is forgotten
        until = now + _rest(holds) * (0.75 + 0.5 * self._spread())
        connection.execute(update(pace).where(pace.c.domain == name).values(holds=holds, held_until=until))
        return until


def _rest(holds: int) -> float:
    return float(min(_LONGEST_REST, _FIRST_REST * 2 ** min(holds - 1, 20)))


def _lock(connection: Connection, bucket: str, limit: Limit, now: float) -> Any:
    """A bucket's row, made when it is not there, and nobody else's until the transaction ends."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    fresh = {"domain": bucket, "tokens": float(limit.burst), "filled_at": now, "day": _day(now)}
    connection.execute(make(pace).values(fresh).on_conflict_do_nothing())
    columns = (pace.c.domain, pace.c.tokens, pace.c.filled_at, pace.c.day, pace.c.sent_today, pace.c.held_until, pace.c.holds)
    return connection.execute(select(*columns).where(pace.c.domain == bucket).with_for_update()).one()


def _room(row: Any, limit: Limit, now: float) -> int:
    """How many a bucket would give now."""
    if row.held_until > now:
        return 0
    rooms = []
    if limit.rate is not None:
        rooms.append(int(_tokens(row, limit, now) + 1e-9))
    if limit.per_day is not None:  # a clock that is behind is still in the day that others are in
        rooms.append(limit.per_day - (row.sent_today if row.day >= _day(now) else 0))
    return max(0, min(rooms))


def _tokens(row: Any, limit: Limit, now: float) -> float:
    return min(float(limit.burst), float(row.tokens + max(0.0, now - row.filled_at) * (limit.rate or 0.0)))


def _spend(connection: Connection, row: Any, limit: Limit, count: int, now: float) -> None:
    day = max(row.day, _day(now))
    values = {"tokens": _tokens(row, limit, now) - count, "filled_at": max(row.filled_at, now), "day": day}
    sent = case((pace.c.day == day, pace.c.sent_today), else_=0) + count
    connection.execute(update(pace).where(pace.c.domain == row.domain).values(**values, sent_today=sent))


def _day(now: float) -> str:
    return datetime.fromtimestamp(now, SHANGHAI).date().isoformat()
