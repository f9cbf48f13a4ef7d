"""The register in, its faults out: pairings, services, reports, meetings, indicators and rules; matters are in `matters`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from publisher.checks.indicators import forbidden_by
from publisher.liaison.duties import Duty, count_spells, duty_of, is_active, months_of, report_due
from publisher.liaison.faults import Fault, fault, place_faults
from publisher.liaison.matters import check_matters
from publisher.liaison.months import Month
from publisher.liaison.reading import load_register
from publisher.liaison.records import Enterprise, Officer, Pairing, Place, Register, Service
from publisher.liaison.references import Known, check_references, policies_named
from publisher.liaison.wording import find_empty_promises, may_promise
from publisher.liaison.workdays import WorkCalendar
from publisher.problems import Problem
from publisher.problems.order import sort_problems
from publisher.settings import LiaisonSettings

#: Fewer characters than this say nothing of what was done.
_SHORT = 30
#: From so many services on a second process pays for its start.
_MANY = 20_000
#: Before every month.
EVER = Month(1, 1)


class Standpoint(NamedTuple):
    """What every check is given beside the register."""

    settings: LiaisonSettings
    calendar: WorkCalendar
    as_of: date
    since: Month


def check_liaison(root: Path, settings: LiaisonSettings, as_of: date) -> list[Problem]:
    """Every problem of the folder ``content/liaison/``; none when it is not there."""
    register, problems = load_register(root)
    return problems if register.is_empty else sort_problems([*problems, *check_register(register, root, settings, as_of)])


def check_register(
    register: Register, root: Path, settings: LiaisonSettings, as_of: date, since: Month = EVER, *, processes: int | None = None
) -> list[Problem]:
    """Hold a register to all rules; the root is where its files are, for the places. Months before ``since`` were not read and are not missed.

    Of many records a second process looks at those with time limits, while this one looks at the rest.
    """
    stand = Standpoint(settings, WorkCalendar(register.holidays), as_of, since)
    count = processes or (len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    if count > 1 and len(register.services) >= (_MANY if processes is None else 0):
        with ProcessPoolExecutor(1, mp_context=get_context("fork"), initializer=_given.extend, initargs=((register, stand, root),)) as pool:
            waited = pool.submit(_check_given)
            found = _check_rest(register, stand, root)
            limits, guessed = waited.result()
        stand.calendar.guessed |= guessed
    else:
        found = _check_rest(register, stand, root)
        limits, _ = _check_limits(register, stand, root)
    return sort_problems([*found, *limits, *place_faults(_check_calendar(register, stand), root)])


#: Register, standpoint and root of a second process: being forked it has them without their being sent.
_given: list[Any] = []


def _check_given() -> tuple[list[Problem], set[int]]:
    return _check_limits(*_given)


def _check_limits(register: Register, stand: Standpoint, root: Path) -> tuple[list[Problem], set[int]]:
    """The problems of months and matters, and the years whose working days had to be guessed."""
    faults = [*check_months(register, stand), *check_matters(register, stand.settings, stand.calendar, stand.as_of)]
    return place_faults(faults, root), stand.calendar.guessed


def _check_rest(register: Register, stand: Standpoint, root: Path) -> list[Problem]:
    faults: list[Fault] = [*check_references(register, Known.of(register, policies_named(root, register)))]
    for check in _CHECKS:
        faults += check(register, stand)
    return place_faults(faults, root)


# --- pairings --------------------------------------------------------------------------------------------------------


def check_pairings(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """On every day each enterprise has its officer and each officer an enterprise; the numbers are settings."""
    settings = stand.settings
    if any(path.split("/")[2] in ("enterprises", "officers", "pairings") for path in register.unread):
        return  # their own problems are told
    for enterprise in register.enterprises:
        rows = register.pairings_of_enterprise.get(enterprise.id, [])
        yield from _uneven(enterprise, rows, settings.officers_per_enterprise, stand, ("liaison-unpaired", "liaison-overpaired"))
    for officer in register.officers:
        rows = register.pairings_of_officer.get(officer.id, [])
        yield from _uneven(officer, rows, settings.enterprises_per_officer, stand, ("liaison-officer-idle", "liaison-officer-overloaded"))
    active = [one for one in register.pairings if one.start <= stand.as_of and (one.end is None or one.end >= stand.as_of)]
    if settings.pairs and len(active) != settings.pairs:
        place = register.pairings[0].place if register.pairings else Place("content/liaison/pairings", 1)
        yield fault("liaison-pair-count", Place(place.path, 1), count=len(active), needed=settings.pairs, day=stand.as_of)


def _uneven(who: Enterprise | Officer, rows: Sequence[Pairing], needed: int, stand: Standpoint, codes: tuple[str, str]) -> Iterator[Fault]:
    """The first spell with too few and the first with too many; the pairing that is one too many is where to look for those."""
    last = min(who.end or stand.as_of, stand.as_of)
    if who.start > last:
        return
    spells = list(count_spells(((one.start, one.end) for one in rows), who.start, last))
    few = next((spell for spell in spells if spell.times < needed), None)
    many = next((spell for spell in spells if spell.times > needed), None)
    if few:
        yield fault(codes[0], who.place, value=who.id, first=few.first, last=few.last, count=few.times, needed=needed)
    if many:
        extra = max((one for one in rows if one.start <= many.first), key=lambda one: (one.start, one.place))
        yield fault(codes[1], extra.place, value=who.id, first=many.first, last=many.last, count=many.times, needed=needed)


# --- services and reports --------------------------------------------------------------------------------------------


def check_services(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """Each service by itself: its month, its officer, its length, its day."""
    seen: dict[tuple[str, date], Service] = {}
    officers, officer_on, as_of = register.officer_by_id, register.officer_on, stand.as_of
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


def check_months(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """Each month of each enterprise: services enough, not by telephone alone, the report there and on time."""
    as_of, present = stand.as_of, Month.of(stand.as_of)
    dues: dict[Month, date] = {}
    for enterprise in register.enterprises:
        for month in months_of(enterprise, as_of):
            if month < stand.since or (register.unread and _is_unread(register, enterprise.id, month)):
                continue
            duty = duty_of(register, enterprise, month, stand.settings, as_of)
            due = None
            if month < present:
                due = dues.get(month) or dues.setdefault(month, report_due(month, stand.calendar, stand.settings))
                if duty.done < duty.owed or duty.is_phone_only:
                    yield from _tell_services(duty, _place_of(register, duty))
            if due and duty.situation is None:
                if due < as_of:
                    yield fault("liaison-report-missing", _place_of(register, duty), due=due, value=enterprise.id, month=str(month))
            elif due and duty.situation and duty.situation.reported > due:
                words: dict[str, Any] = {"due": due, "reported": duty.situation.reported, "value": enterprise.id, "month": str(month)}
                yield fault("liaison-report-late", duty.situation.place, "reported", **words)
        if stand.since == EVER:
            yield from _check_first_contact(register, enterprise, stand)


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


def _check_first_contact(register: Register, enterprise: Enterprise, stand: Standpoint) -> Iterator[Fault]:
    """An officer calls on a new enterprise within some working days of the first pairing."""
    rows = register.pairings_of_enterprise.get(enterprise.id)
    if not rows:
        return
    first = min(rows, key=lambda one: one.start)
    due = stand.calendar.after(first.start, stand.settings.first_contact_days)
    month = Month.of(first.start)
    days = [one.day for number in (0, 1) for one in register.services_by_month.get((enterprise.id, month.plus(number)), ())]
    came = min(days, default=None)
    if (came and came > due) or (came is None and due < stand.as_of and is_active(enterprise, Month.of(due))):
        yield fault("liaison-first-contact", first.place, "start", value=enterprise.id, due=due, days=stand.settings.first_contact_days)


def check_situations(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """A report cannot be made before its month is over by much: not before the month has begun."""
    for one in register.situations:
        if one.reported < one.month.first:
            yield fault("reversed-times", one.place, "reported", later="报送日期", later_value=one.reported, earlier="月份", earlier_value=str(one.month))


# --- meetings, indicators, rules -------------------------------------------------------------------------------------


def check_meetings(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """What a meeting left to do becomes an issue, or has a time limit."""
    for meeting in register.meetings:
        for index, item in enumerate(meeting.agenda):
            if item.issue is None and item.due is None:
                yield fault("liaison-agenda-open", meeting.place, "agenda", index, value=item.text[:20])
            for words in find_empty_promises(item.text):
                yield fault("empty-promise", meeting.place, "agenda", index, "text", value=words, words=words)


def check_indicators(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """Indicators may be set, do not fall, and are half done at the half of the year (双过半)."""
    for one in register.indicators:
        if basis := forbidden_by(one.name):
            yield fault("liaison-forbidden-indicator", one.place, "name", value=one.name, basis=basis)
        for index, (before, after) in enumerate(zip(one.progress, one.progress[1:], strict=False), 1):
            if after.day <= before.day:
                words: dict[str, Any] = {"later": "截至", "later_value": after.day, "earlier": "截至", "earlier_value": before.day}
                yield fault("reversed-times", one.place, "progress", index, "day", **words)
            elif after.actual < before.actual:
                yield fault("liaison-progress-falls", one.place, "progress", index, "actual", value=after.actual, before=before.actual)
        half = [(index, row) for index, row in enumerate(one.progress) if row.day <= date(one.year, 6, 30)]
        if half and stand.as_of > date(one.year, 6, 30) and half[-1][1].actual * 2 < one.target:
            percent = round(half[-1][1].actual * 100 / one.target, 1) if one.target else 0
            yield fault("liaison-half-missed", one.place, "progress", half[-1][0], "actual", value=one.name, percent=percent)


def check_rules(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """No rule of scoring counts what the law forbids to count."""
    for book in register.books:
        for rule in book.rules:
            if basis := forbidden_by(rule.name):
                yield fault("liaison-forbidden-indicator", rule.place, "name", value=rule.name, basis=basis)


def check_dates(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """No end before its beginning."""
    spans: Iterable[Enterprise | Officer | Pairing] = (*register.enterprises, *register.officers, *register.pairings)
    for one in spans:
        if one.end is not None and one.end < one.start:
            yield fault("reversed-times", one.place, "end", later="止", later_value=one.end, earlier="起", earlier_value=one.start)


def _check_calendar(register: Register, stand: Standpoint) -> Iterator[Fault]:
    """Say which years had to be guessed; it comes last, when all time limits have been asked for."""
    if register.pairings:
        for year in sorted(stand.calendar.guessed):
            yield fault("liaison-no-holidays", Place(register.pairings[0].place.path, 1), value=year)


_CHECKS: tuple[Callable[[Register, Standpoint], Iterator[Fault]], ...] = (
    check_dates,
    check_pairings,
    check_services,
    check_situations,
    check_meetings,
    check_indicators,
    check_rules,
)
