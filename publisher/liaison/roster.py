"""The roster in, its faults out: who looks after whom, first visits; and meetings, indicators and rules, which are few.

What this does not do: look into months, issues or cases; first visits are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from publisher.checks.indicators import forbidden_by
from publisher.liaison.duties import count_spells, is_active
from publisher.liaison.faults import Fault, fault
from publisher.liaison.months import Month
from publisher.liaison.records import Enterprise, Officer, Pairing, Place, Register
from publisher.liaison.standpoint import Standpoint
from publisher.liaison.wording import find_empty_promises


def check_roster(roster: Register, stand: Standpoint) -> Iterator[Fault]:
    """Hold to their rules what is no service, report, issue or case."""
    for check in _CHECKS:
        yield from check(roster, stand)


def _check_dates(roster: Register, _: Standpoint) -> Iterator[Fault]:
    """No end before its beginning."""
    spans: Iterable[Enterprise | Officer | Pairing] = (*roster.enterprises, *roster.officers, *roster.pairings)
    for one in spans:
        if one.end is not None and one.end < one.start:
            yield fault("reversed-times", one.place, "end", later="止", later_value=one.end, earlier="起", earlier_value=one.start)


def _check_pairings(roster: Register, stand: Standpoint) -> Iterator[Fault]:
    """On every day each enterprise has its officer and each officer an enterprise; the numbers are settings."""
    settings = stand.settings
    if roster.unread_folders & {"enterprises", "officers", "pairings"}:
        return  # their own problems are told
    for enterprise in roster.enterprises:
        rows = roster.pairings_of_enterprise.get(enterprise.id, [])
        yield from _uneven(enterprise, rows, settings.officers_per_enterprise, stand, ("liaison-unpaired", "liaison-overpaired"))
    for officer in roster.officers:
        rows = roster.pairings_of_officer.get(officer.id, [])
        yield from _uneven(officer, rows, settings.enterprises_per_officer, stand, ("liaison-officer-idle", "liaison-officer-overloaded"))
    active = [one for one in roster.pairings if one.start <= stand.as_of and (one.end is None or one.end >= stand.as_of)]
    if settings.pairs and len(active) != settings.pairs:
        place = roster.pairings[0].place if roster.pairings else Place("content/liaison/pairings", 1)
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


def _check_meetings(roster: Register, _: Standpoint) -> Iterator[Fault]:
    """What a meeting left to do becomes an issue, or has a time limit."""
    for meeting in roster.meetings:
        for index, item in enumerate(meeting.agenda):
            if item.issue is None and item.due is None:
                yield fault("liaison-agenda-open", meeting.place, "agenda", index, value=item.text[:20])
            for words in find_empty_promises(item.text):
                yield fault("empty-promise", meeting.place, "agenda", index, "text", value=words, words=words)


def _check_indicators(roster: Register, stand: Standpoint) -> Iterator[Fault]:
    """Indicators may be set, do not fall, and are half done at the half of the year (双过半)."""
    for one in roster.indicators:
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


def _check_rules(roster: Register, _: Standpoint) -> Iterator[Fault]:
    """No rule of scoring counts what the law forbids to count."""
    for book in roster.books:
        for rule in book.rules:
            if basis := forbidden_by(rule.name):
                yield fault("liaison-forbidden-indicator", rule.place, "name", value=rule.name, basis=basis)


_CHECKS: tuple[Callable[[Register, Standpoint], Iterator[Fault]], ...] = (_check_dates, _check_pairings, _check_meetings, _check_indicators, _check_rules)


def first_pairing(roster: Register, enterprise: str) -> Pairing | None:
    """The pairing with which the work for an enterprise began."""
    return min(roster.pairings_of_enterprise.get(enterprise, ()), key=lambda one: one.start, default=None)


def check_first_contact(roster: Register, came: Mapping[str, date], stand: Standpoint) -> Iterator[Fault]:
    """An officer calls on a new enterprise within some working days of the first pairing; given is the first visit of that month and the next."""
    for enterprise in roster.enterprises:
        first = first_pairing(roster, enterprise.id)
        if first is None:
            continue
        due = stand.calendar.after(first.start, stand.settings.first_contact_days)
        day = came.get(enterprise.id)
        if (day and day > due) or (day is None and due < stand.as_of and is_active(enterprise, Month.of(due))):
            yield fault("liaison-first-contact", first.place, "start", value=enterprise.id, due=due, days=stand.settings.first_contact_days)


def check_calendar(roster: Register, guessed: Iterable[int]) -> Iterator[Fault]:
    """Say which years had to be guessed, when all time limits have been asked for."""
    if roster.pairings:
        for year in sorted(guessed):
            yield fault("liaison-no-holidays", Place(roster.pairings[0].place.path, 1), value=year)
