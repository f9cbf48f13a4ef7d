"""What is owed and what was done: pairings by day, services by month, reports by their due day. Checks, reports, points and reminders all ask here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from publisher.content.model.vocabulary import Way
from publisher.liaison.months import Month, months_between
from publisher.liaison.records import Enterprise, Promise, Register, Service, Situation
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings

_DAY = timedelta(days=1)


class Spell(NamedTuple):
    """Days without a break, both within, on which so many are counted."""

    first: date
    last: date
    times: int


def count_spells(spans: Iterable[tuple[date, date | None]], first: date, last: date) -> Iterator[Spell]:
    """How many of the spans (both ends within, None is open) cover each day from the first to the last, as spells of one count each."""
    changes: dict[date, int] = {first: 0}
    for start, end in spans:
        if start > last or (end is not None and end < first):
            continue
        begin, after = max(start, first), (min(end, last) if end is not None else last) + _DAY
        changes[begin] = changes.get(begin, 0) + 1
        changes[after] = changes.get(after, 0) - 1
    count, since = 0, first
    for day in sorted(changes):
        if day > last:
            break
        if changes[day] and day > since:
            yield Spell(since, day - _DAY, count)
            since = day
        count += changes[day]
    if since <= last:
        yield Spell(since, last, count)


def is_active(enterprise: Enterprise, month: Month) -> bool:
    """Whether an enterprise belongs to the activity on any day of a month."""
    return enterprise.start <= month.last and (enterprise.end is None or enterprise.end >= month.first)


def services_owed(enterprise: Enterprise, month: Month, settings: LiaisonSettings) -> int:
    """How many services a month needs: fewer when the enterprise came after its middle, or left before."""
    middle = month.first.replace(day=settings.part_month_after)
    came_late = enterprise.start > middle
    left_early = enterprise.end is not None and enterprise.end <= middle
    return settings.part_month_services if came_late or left_early else settings.services_per_month


def counted(services: Iterable[Service], as_of: date) -> int:
    """How many services count: one a day at most, and none that is marked not to."""
    return len({service.day for service in services if service.counts and service.day <= as_of})


class Duty(NamedTuple):
    """What one enterprise was owed in one month and what it got."""

    enterprise: Enterprise
    month: Month
    owed: int
    done: int
    services: tuple[Service, ...]
    situation: Situation | None

    @property
    def missing(self) -> int:
        return max(0, self.owed - self.done)

    @property
    def is_phone_only(self) -> bool:
        return bool(self.services) and all(service.way is Way.PHONE for service in self.services)


def duty_of(register: Register, enterprise: Enterprise, month: Month, settings: LiaisonSettings, as_of: date) -> Duty:
    """The duty of one month, as known on a day."""
    key = (enterprise.id, month)
    services = tuple([one for one in register.services_by_month.get(key, ()) if one.day <= as_of])
    situation = register.situation_by_month.get(key)
    if situation and situation.reported > as_of:
        situation = None
    return Duty(enterprise, month, services_owed(enterprise, month, settings), counted(services, as_of), services, situation)


def duties(register: Register, months: Iterable[Month], settings: LiaisonSettings, as_of: date) -> Iterator[Duty]:
    """The duties of all enterprises that are active in the months."""
    wanted = list(months)
    for enterprise in register.enterprises:
        for month in wanted:
            if is_active(enterprise, month):
                yield duty_of(register, enterprise, month, settings, as_of)


def months_of(enterprise: Enterprise, as_of: date) -> Sequence[Month]:
    """The months of an enterprise, up to that of a day."""
    last = min(enterprise.end or as_of, as_of)
    return months_between(Month.of(enterprise.start), Month.of(last)) if enterprise.start <= last else ()


def report_due(month: Month, calendar: WorkCalendar, settings: LiaisonSettings) -> date:
    """The day until which the report of a month is due: a working day of the next month."""
    return calendar.nth_from(month.plus(1).first, settings.report_workday)


def is_promise_overdue(promise: Promise, as_of: date) -> bool:
    """Whether the time limit of a promise went by before it was kept."""
    return promise.due < (promise.kept if promise.kept and promise.kept <= as_of else as_of)


def last_officer(register: Register, enterprise: str, month: Month, as_of: date) -> str | None:
    """Who answers for an enterprise's month: whoever looked after it last in it."""
    day = min(month.last, as_of)
    found = register.officer_on(enterprise, day)
    if found is None:
        spells = [one for one in register.pairings_of_enterprise.get(enterprise, ()) if one.start <= day and (one.end is None or one.end >= month.first)]
        found = max(spells, key=lambda one: one.start).officer if spells else None
    return found
