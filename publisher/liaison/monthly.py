"""Services and monthly reports of one month in, their faults out; what is asked of each service, and what each enterprise is owed.

What this does not do: compare months with each other, or count what is owed (`publisher.liaison.duties`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from publisher.liaison.duties import Duty, duty_of, is_active, report_due
from publisher.liaison.faults import Fault, fault
from publisher.liaison.months import Month
from publisher.liaison.records import Place, Register, Service
from publisher.liaison.standpoint import Standpoint
from publisher.liaison.wording import find_empty_promises, may_promise

#: Fewer characters than this say nothing of what was done.
_SHORT = 30


def check_services(register: Register, roster: Register, as_of: date) -> Iterator[Fault]:
    """Each service by itself: its month, its officer, its length, its day."""
    seen: dict[tuple[str, date], Service] = {}
    officers, officer_on = roster.officer_by_id, roster.officer_on
    for service in register.services:
        day, month, owner = service.day, service.month, service.enterprise
        if day.month != month.number or day.year != month.year:
            yield fault("liaison-wrong-month", service.place, "day", value=day, month=str(month))
        elif day > as_of:
            yield fault("liaison-in-future", service.place, "day", value=day, day=as_of)
        if service.officer in officers:
            paired = officer_on(owner, day)
            if paired and paired != service.officer:
                yield fault("liaison-other-officer", service.place, "officer", value=service.officer, other=paired)
        if len(service.text) < _SHORT:
            yield fault("liaison-service-short", service.place, "text", count=len(service.text), needed=_SHORT)
        earlier = seen.setdefault((owner, day), service)
        if earlier is not service and service.counts and earlier.counts:
            yield fault("liaison-same-day", service.place, "day", value=day, line=earlier.place.line)
        if may_promise(f"{service.text}\n{service.next}"):  # both at once: there are very many
            for name, text in (("text", service.text), ("next", service.next)):
                for words in find_empty_promises(text):
                    yield fault("empty-promise", service.place, name, value=words, words=words)


def check_situations(register: Register) -> Iterator[Fault]:
    """A report cannot be made before its month is over by much: not before the month has begun."""
    for one in register.situations:
        if one.reported < one.month.first:
            yield fault("reversed-times", one.place, "reported", later="报送日期", later_value=one.reported, earlier="月份", earlier_value=str(one.month))


def check_duties(register: Register, roster: Register, month: Month, stand: Standpoint) -> Iterator[Fault]:
    """Each enterprise in a month: services enough, not by telephone alone, the report there and on time; the register holds the month's records."""
    as_of, is_over = stand.as_of, month < Month.of(stand.as_of)
    due = report_due(month, stand.calendar, stand.settings) if is_over else None
    for enterprise in roster.enterprises if month <= Month.of(as_of) else ():
        if not is_active(enterprise, month) or enterprise.start > min(enterprise.end or as_of, as_of):
            continue
        if register.unread and _is_unread(register, enterprise.id, month):
            continue
        duty = duty_of(register, enterprise, month, stand.settings, as_of)
        if is_over and (duty.done < duty.owed or duty.is_phone_only):
            yield from _tell_services(duty, _place_of(register, duty))
        if due and duty.situation is None:
            if due < as_of:
                yield fault("liaison-report-missing", _place_of(register, duty), due=due, value=enterprise.id, month=str(month))
        elif due and duty.situation and duty.situation.reported > due:
            words: dict[str, Any] = {"due": due, "reported": duty.situation.reported, "value": enterprise.id, "month": str(month)}
            yield fault("liaison-report-late", duty.situation.place, "reported", **words)


def _tell_services(duty: Duty, place: Place) -> Iterator[Fault]:
    words: dict[str, Any] = {"value": duty.enterprise.id, "month": str(duty.month)}
    if duty.missing:
        yield fault("liaison-few-services", place, done=duty.done, owed=duty.owed, **words)
    if duty.is_phone_only:
        yield fault("liaison-phone-only", place, **words)


def _file_of(register: Register, key: tuple[str, Month]) -> str | None:
    """The file of a month, if it says anything."""
    rows = register.services_by_month.get(key)
    one = rows[0] if rows else register.situation_by_month.get(key)
    return one.place.path if one else None


def _is_unread(register: Register, enterprise: str, month: Month) -> bool:
    """Whether a month is not known because its file could not be read."""
    return f"content/liaison/months/{month}/{enterprise}.yml" in register.unread and _file_of(register, (enterprise, month)) is None


def _place_of(register: Register, duty: Duty) -> Place:
    """Where to look for a month: its file, or its enterprise where it has none."""
    path = _file_of(register, (duty.enterprise.id, duty.month))
    return Place(path, 1) if path else duty.enterprise.place
