"""An entry and a time in; its status, and when that changes next, out. Pure: the time is always an argument."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

from publisher.clock import SHANGHAI
from publisher.content.library import Entry, Library
from publisher.content.model.kinds import Event, Listing, News, Policy, StatedEntry, Tally
from publisher.content.model.vocabulary import EventState, Force, Kind, ListingState, State, Visibility, Vocabulary
from publisher.settings import ClosingDays, Settings


class Status(Vocabulary):
    """What an entry is to a reader at a moment."""

    DRAFT = "draft", "草稿"
    SCHEDULED = "scheduled", "待发布"
    LIVE = "live", "有效"
    UPCOMING = "upcoming", "即将开始"
    CLOSING = "closing", "即将截止"
    REACHED = "reached", "已达成"
    EXPIRED = "expired", "已过期"
    ENDED = "ended", "已结束"
    FUTURE = "future", "尚未施行"
    SUPERSEDED = "superseded", "已被替代"
    REPEALED = "repealed", "已废止"
    CANCELLED = "cancelled", "已取消"
    WITHDRAWN = "withdrawn", "已撤回"
    #: What only a preview shows.
    SHOWN_DRAFT = "shown-draft", "草稿"
    SHOWN_SCHEDULED = "shown-scheduled", "待发布"

    @property
    def is_public(self) -> bool:
        """Whether the entry has a page at all."""
        return self not in (Status.DRAFT, Status.SCHEDULED)

    @property
    def mark(self) -> str:
        """What stands before a title in a preview that shows what readers do not see."""
        return f"【{self.label}】" if self in (Status.SHOWN_DRAFT, Status.SHOWN_SCHEDULED) else ""

    @property
    def is_live(self) -> bool:
        """Whether lists and feeds offer the entry as current."""
        return self in (Status.LIVE, Status.CLOSING, Status.UPCOMING, Status.FUTURE, Status.SHOWN_DRAFT, Status.SHOWN_SCHEDULED)


_OVER = {Force.EXPIRED: Status.EXPIRED, Force.REPEALED: Status.REPEALED, Force.SUPERSEDED: Status.SUPERSEDED}


def status(entry: Entry, as_of: datetime, closing: ClosingDays) -> Status:
    """Give the status of an entry at a moment; ``closing`` says how early an end counts as near."""
    data = entry.data
    if data.visibility is Visibility.INTERNAL or _state(entry) in ("draft", "review"):
        return Status.DRAFT
    if data.published > as_of:
        return Status.SCHEDULED
    if _state(entry) == "withdrawn":
        return Status.WITHDRAWN
    if isinstance(data, Policy):
        return _policy_status(data, as_of, closing)
    if isinstance(data, Event):
        return _event_status(data, as_of, closing)
    if isinstance(data, Listing) and data.state in (ListingState.REACHED, ListingState.EXPIRED):
        return Status.REACHED if data.state is ListingState.REACHED else Status.EXPIRED
    end = next(iter(deadlines(entry)), None)
    if end is None or as_of < end - timedelta(days=_closing_days(entry.kind, closing)):
        return Status.LIVE
    if as_of < end:
        return Status.CLOSING
    return Status.ENDED if isinstance(data, News) and data.period and data.period.end == end else Status.EXPIRED


def previewed(entry: Entry, now: Status) -> Status:
    """The status in a preview that shows drafts and what is scheduled; what is internal stays hidden."""
    if entry.data.visibility is Visibility.INTERNAL:
        return now
    return {Status.DRAFT: Status.SHOWN_DRAFT, Status.SCHEDULED: Status.SHOWN_SCHEDULED}.get(now, now)


def _state(entry: Entry) -> str:
    data = entry.data
    state: Vocabulary = data.state if isinstance(data, StatedEntry | Listing) else State.PUBLISHED
    return str(state.value)


def _policy_status(data: Policy, as_of: datetime, closing: ClosingDays) -> Status:
    force = policy_force(data, as_of)
    if force in _OVER:
        return _OVER[force]
    if force is Force.FUTURE:
        return Status.FUTURE
    is_closing = any(end - timedelta(days=closing.policy) <= as_of < end for end in policy_ends(data))
    return Status.CLOSING if is_closing else Status.LIVE


def policy_force(data: Policy, as_of: datetime) -> Force:
    """效力状态 at a moment: replaced, not yet in force and expired follow from the data; else what the editor wrote."""
    if data.force in (Force.REPEALED, Force.EXPIRED):
        return data.force
    if data.replaced_by or data.force is Force.SUPERSEDED:
        return Force.SUPERSEDED
    if as_of < _midnight(data):
        return Force.FUTURE
    if isinstance(data.validity, datetime) and as_of >= data.validity:
        return Force.EXPIRED
    return data.force if data.force and data.force is not Force.FUTURE else Force.IN_FORCE


def _midnight(data: Policy) -> datetime:
    return datetime.combine(data.effective, time(), SHANGHAI)


def policy_ends(data: Policy) -> list[datetime]:
    """The ends of a policy, earliest first: of applications, of the document, and of single things that it gives."""
    ends = [data.application.end] if data.application and data.application.end else []
    ends += [data.validity] if isinstance(data.validity, datetime) else []
    ends += [benefit.until for benefit in data.benefits if benefit.until]
    return sorted(ends)


def _event_status(data: Event, as_of: datetime, closing: ClosingDays) -> Status:
    if data.event_state is EventState.CANCELLED:
        return Status.CANCELLED
    if as_of >= event_end(data):
        return Status.ENDED
    signup_end = data.signup.deadline if data.signup else None
    end = signup_end or data.start
    return Status.CLOSING if end - timedelta(days=closing.event) <= as_of < end else Status.UPCOMING


def event_end(data: Event) -> datetime:
    """When an event is over: its end, or the end of its day."""
    return data.end or datetime.combine(data.start.astimezone(SHANGHAI).date() + timedelta(days=1), time(), SHANGHAI)


def deadlines(entry: Entry) -> list[datetime]:
    """The moments an entry stops being current, earliest first: a policy may have two, most entries one or none."""
    data = entry.data
    if isinstance(data, Policy):
        return policy_ends(data)
    if isinstance(data, Event):
        return [data.signup.deadline if data.signup and data.signup.deadline else data.start]
    ends = [data.expires] if data.expires else []
    if isinstance(data, News) and data.period and data.period.end:
        ends.append(data.period.end)
    return sorted(ends)


def deadline(entry: Entry, as_of: datetime) -> datetime | None:
    """The next deadline at a moment, None when there is none to come."""
    return next((end for end in deadlines(entry) if end > as_of), None)


def _closing_days(kind: Kind, closing: ClosingDays) -> int:
    return {Kind.POLICY: closing.policy, Kind.LISTING: closing.listing, Kind.EVENT: closing.event}.get(kind, closing.news)


def changes(entry: Entry, closing: ClosingDays, due_days: int = 0) -> Iterator[datetime]:
    """Every moment at which the status or the words about an entry may change, in no order; after ``due_days`` a policy has to be verified again."""
    data = entry.data
    if data.visibility is Visibility.INTERNAL or _state(entry) in ("draft", "review"):
        return
    yield data.published
    if _state(entry) == "withdrawn":
        return
    for end in deadlines(entry):
        yield end
        yield end - timedelta(days=_closing_days(entry.kind, closing))
    if isinstance(data, Policy):
        yield _midnight(data)
        if due_days and data.verified.year <= 9000:
            yield datetime.combine(data.verified + timedelta(days=due_days + 1), time(), SHANGHAI)
        if data.application and data.application.start:
            yield data.application.start
    if isinstance(data, Event):
        yield data.start
        yield event_end(data)
    if data.expires:
        yield data.expires
    if isinstance(data, Tally):
        yield month_end(data.month)  # from then on its sums may be told
    if isinstance(data, News) and data.period and data.period.start:
        yield data.period.start


def month_end(month: str) -> datetime:
    """The first moment after a month written ``2026-10``."""
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=SHANGHAI)


def next_change(library: Library, as_of: datetime, closing: ClosingDays, due_days: int = 0) -> tuple[datetime, Entry] | None:
    """The next moment at which a build of the same content would give another result, and the entry that changes."""
    found: tuple[datetime, Entry] | None = None
    for entry in library.entries:
        for moment in changes(entry, closing, due_days):
            if moment > as_of and (found is None or (moment, entry.id) < (found[0], found[1].id)):
                found = (moment, entry)
    return found


class Review(NamedTuple):
    """Why an explanation has to be held against the official text again: ``verification`` or ``source``, and the day or how many days."""

    reason: Literal["verification", "source"]
    day: date
    days: int = 0


def reviews(data: Policy, as_of: datetime, settings: Settings) -> list[Review]:
    """Why a policy's explanation is due for review by itself: verified too long ago, or the official text changed since. History is left alone."""
    if data.replaced_by or data.state is State.WITHDRAWN:
        return []
    days = (as_of.astimezone(SHANGHAI).date() - data.verified).days
    found = [Review("verification", data.verified, days)] if days > settings.verification_due_days else []
    changed = settings.changed_sources.get(data.original)
    return [*found, Review("source", changed)] if changed and changed > data.verified else found


def window(entry: Entry, as_of: datetime, settings: Settings) -> tuple[float, float]:
    """The time around ``as_of`` within which nothing about an entry changes by itself, as seconds since 1970: ``[since, until)``."""
    moments = [moment.timestamp() for moment in (*changes(entry, settings.closing_days), *_verifications(entry, as_of, settings))]
    now = as_of.timestamp()
    since = max((moment for moment in moments if moment <= now), default=-math.inf)
    return since, min((moment for moment in moments if moment > now), default=math.inf)


def _verifications(entry: Entry, as_of: datetime, settings: Settings) -> Iterator[datetime]:
    """The midnights at which the checks begin to say something else about how long ago a policy was verified: every one when it is due."""
    data = entry.data
    if not isinstance(data, Policy) or data.verified.year > 9000:
        return
    today = as_of.astimezone(SHANGHAI).date()
    due = data.verified + timedelta(days=settings.verification_due_days + 1)
    days = [data.verified, due] + ([today, today + timedelta(days=1)] if today >= due else [])
    yield from (datetime.combine(day, time(), SHANGHAI) for day in days)
