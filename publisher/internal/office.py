"""The register as the office looks at it: everything by enterprise and by officer, sorted once, for the pages that are planned from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from publisher.internal.records import Today
from publisher.liaison.months import Month
from publisher.liaison.records import Case, Enterprise, Issue, Pairing, Register, Service, Situation
from publisher.liaison.reminders import Reminder, by_officer, find_reminders
from publisher.liaison.scope import Scope
from publisher.liaison.score import Standing, book_of, score
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings

_T = TypeVar("_T", Case, Issue, Service, Situation)
#: For how many months there is a report and a score: this one as it runs, and the last two.
MONTHS = 3


@dataclass
class Office:
    """The records at a day."""

    register: Register
    settings: LiaisonSettings
    day: date

    @cached_property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(self.register.holidays)

    @property
    def today(self) -> Today:
        return Today(self.day, self.calendar)

    @cached_property
    def months(self) -> list[Month]:
        """The months that are reported, the newest first: those with records, and at least the one that runs."""
        present = Month.of(self.day)
        written = {one.month for one in self.register.services} | {one.month for one in self.register.situations}
        return [month for month in (present.plus(-back) for back in range(MONTHS)) if month == present or month in written]

    @cached_property
    def scopes(self) -> dict[Month, Scope]:
        """Each of these months with its records."""
        return {month: Scope(self.register, month, "", self.settings, self.day, self.calendar) for month in self.months}

    @cached_property
    def standings(self) -> dict[str, list[tuple[Month, Standing]]]:
        """The points of each officer in these months; none without rules. Raises `ForbiddenRuleError`."""
        found: dict[str, list[tuple[Month, Standing]]] = defaultdict(list)
        for month, scope in self.scopes.items():
            book = book_of(self.register.books, month)
            for standing in score(scope, book) if book else ():
                found[standing.officer].append((month, standing))
        return found

    @cached_property
    def services(self) -> dict[str, list[Service]]:
        """By enterprise, the newest first."""
        found = _by_enterprise(self.register.services)
        for rows in found.values():
            rows.sort(key=lambda one: one.day, reverse=True)
        return found

    @cached_property
    def situations(self) -> dict[str, list[Situation]]:
        return _by_enterprise(self.register.situations)

    @cached_property
    def issues(self) -> dict[str, list[Issue]]:
        return _by_enterprise(self.register.issues)

    @cached_property
    def cases(self) -> dict[str, list[Case]]:
        return _by_enterprise(self.register.cases)

    @cached_property
    def services_by_officer(self) -> dict[str, list[Service]]:
        found: dict[str, list[Service]] = defaultdict(list)
        for service in self.register.services:
            found[service.officer].append(service)
        return found

    @cached_property
    def cases_by_officer(self) -> dict[str, list[Case]]:
        found: dict[str, list[Case]] = defaultdict(list)
        for case in self.register.cases:
            found[case.officer].append(case)
        return found

    @cached_property
    def posts(self) -> dict[str, str]:
        """What each leader is, by code."""
        return {leader.id: leader.post for leader in self.register.leaders}

    @cached_property
    def reminders(self) -> dict[str, list[Reminder]]:
        """What is owed, by officer; what nobody answers for stands under an empty name."""
        return by_officer(find_reminders(self.register, self.settings, self.calendar, self.day))

    def pairing_of(self, enterprise: Enterprise) -> Pairing | None:
        """Who looks after an enterprise today, or did last."""
        every = self.register.pairings_of_enterprise.get(enterprise.id, [])
        now = [one for one in every if one.start <= self.day and (one.end is None or self.day <= one.end)]
        return max(now or every, key=lambda one: one.start, default=None)


def _by_enterprise(records: list[_T]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = defaultdict(list)
    for record in records:
        found[record.enterprise].append(record)
    return found
